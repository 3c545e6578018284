#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast that Swift cannot import: SQLite copies what is bound.
static inline sqlite3_destructor_type martlet_sqlite_transient(void) {
    return SQLITE_TRANSIENT;
}
