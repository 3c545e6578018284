// One entry of the table in web_ui.c: its path, its bytes, and how many they are. A compound literal at file scope has
// static storage; the second #embed is only measured. clang notes embedded files as dependencies, so that a changed
// file compiles the table anew.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
{ASSET, (const unsigned char[]){
#embed ASSET
}, sizeof((const unsigned char[]){
#embed ASSET
})},
#pragma clang diagnostic pop
#undef ASSET
