#include "include/web_ui.h"
