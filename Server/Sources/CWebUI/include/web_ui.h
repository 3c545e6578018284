// The files of the web UI, inside the binary.
#pragma once

#include <stddef.h>

struct web_ui_asset {
    const char *path;           // such as ui/app.js
    const unsigned char *bytes; // static storage, never freed, never changed
    size_t count;
};

extern const size_t web_ui_asset_count;

// The asset at an index below web_ui_asset_count.
struct web_ui_asset web_ui_asset_at(size_t index);
