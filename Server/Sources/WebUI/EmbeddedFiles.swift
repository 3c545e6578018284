// Reads the C table of CWebUI.
// Safety: the table and its bytes are constants of the binary: they are never
// written, never freed, and each entry carries its own length.

import CWebUI

enum EmbeddedFiles {
    struct File: Sendable {
        let path: String
        let bytes: [UInt8]
    }

    static let all: [File] = (0..<web_ui_asset_count).map { index in
        let entry = web_ui_asset_at(index)
        return File(
            path: String(String(cString: entry.path).dropFirst("ui/".count)),
            bytes: Array(UnsafeBufferPointer(start: entry.bytes, count: entry.count))
        )
    }
}
