import TraceModel

/// Why a JSON text could not be read, and where.
struct JSONError: Error {
    var message: String
    var offset: Int

    @inline(never)
    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
}

extension ReceiverError {
    /// The error of a JSON body, with the path to the place.
    init(_ error: JSONError, in body: RawSpan) {
        self.init(error.message, offset: error.offset, path: jsonPath(of: body, to: error.offset))
    }
}

/// The names and numbers that lead to a place in a JSON text, such as `spans[3].name`.
///
/// Nobody keeps track of them while reading: they are found here once something is wrong. What stands before `offset`
/// has been read and found well-formed.
func jsonPath(of text: RawSpan, to offset: Int) -> String {
    enum Step {
        case member(String)
        case element(Int)
    }
    var steps: [Step] = []
    var reader = JSONReader(text)
    let end = min(offset, text.byteCount)
    while reader.offset < end {
        switch text.unsafeLoad(fromByteOffset: reader.offset, as: UInt8.self) {
        case UInt8(ascii: "{"):
            steps.append(.member(""))
            reader.offset += 1
        case UInt8(ascii: "["):
            steps.append(.element(0))
            reader.offset += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            _ = steps.popLast()
            reader.offset += 1
        case UInt8(ascii: ","):
            if case .element(let index) = steps.last { steps[steps.count - 1] = .element(index + 1) }
            reader.offset += 1
        case UInt8(ascii: "\""):
            guard (try? reader.readString()) != nil else { return joined() }
            guard case .member = steps.last, (try? reader.peek()) == UInt8(ascii: ":"), reader.offset < end else {
                continue
            }
            steps[steps.count - 1] = .member(String(String(copying: reader.text).prefix(60)))
        default: reader.offset += 1
        }
    }
    return joined()

    func joined() -> String {
        var path = ""
        for step in steps {
            switch step {
            case .member(let name): path += (path.isEmpty || name.isEmpty ? "" : ".") + name
            case .element(let index): path += "[\(index)]"
            }
        }
        return path
    }
}
