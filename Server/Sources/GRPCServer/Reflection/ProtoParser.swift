/// Reads protobuf's language, version 3, as far as the schemas here use it: messages, enumerations, oneofs, maps,
/// services; no options, no reserved numbers.
struct ProtoParser {
    private var words: [Substring]
    private var place = 0

    /// Reads the text of a file.
    static func parse(_ text: String, name: String) throws(ProtoError) -> ProtoFile {
        var parser = ProtoParser(text)
        return try parser.file(name)
    }

    private init(_ text: String) {
        words = []
        for line in text.split(separator: "\n") {
            var rest = line.prefix(while: { _ in true })
            if let comment = rest.firstRange(of: "//") { rest = rest[..<comment.lowerBound] }
            while let first = rest.first {
                if first == " " {
                    rest.removeFirst()
                } else if first == "\"" {
                    let end = rest.dropFirst().firstIndex(of: "\"").map { rest.index(after: $0) } ?? rest.endIndex
                    words.append(rest[..<end])
                    rest = rest[end...]
                } else {
                    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
                    words.append(word.isEmpty ? rest.prefix(1) : word)
                    rest = rest.dropFirst(max(1, word.count))
                }
            }
        }
    }

    private mutating func next() throws(ProtoError) -> String {
        guard place < words.count else { throw ProtoError(description: "the text ends too early") }
        place += 1
        return String(words[place - 1])
    }

    private mutating func take(_ word: String) throws(ProtoError) {
        let found = try next()
        if found != word { throw ProtoError(description: "expected \(word), found \(found), word \(place)") }
    }

    private mutating func skip(_ word: String) -> Bool {
        guard place < words.count, words[place] == word else { return false }
        place += 1
        return true
    }

    private mutating func number() throws(ProtoError) -> Int {
        let word = try next()
        guard let number = Int(word) else { throw ProtoError(description: "\(word) is no number, word \(place)") }
        return number
    }

    private mutating func file(_ name: String) throws(ProtoError) -> ProtoFile {
        var file = ProtoFile(name: name)
        while place < words.count {
            let word = try next()
            switch word {
            case "package":
                file.package = try next()
                try take(";")
            case "import":
                file.imports.append(String(try next().dropFirst().dropLast()))
                try take(";")
            case "message": file.messages.append(try message())
            case "enum": file.enums.append(try enumeration())
            case "service": file.services.append(try service())
            default: throw ProtoError(description: "\(word) begins nothing that is known, word \(place)")
            }
        }
        return file
    }

    private mutating func message() throws(ProtoError) -> ProtoFile.Message {
        var message = ProtoFile.Message(name: try next())
        try take("{")
        while !skip("}") {
            if skip("message") {
                message.messages.append(try self.message())
            } else if skip("enum") {
                message.enums.append(try enumeration())
            } else if skip("oneof") {
                message.oneofs.append(try next())
                try take("{")
                while !skip("}") {
                    var field = try field(of: &message)
                    field.oneof = message.oneofs.count - 1
                    message.fields.append(field)
                }
            } else {
                message.fields.append(try field(of: &message))
            }
        }
        return message
    }

    private mutating func field(of message: inout ProtoFile.Message) throws(ProtoError) -> ProtoFile.Field {
        let isRepeated = skip("repeated")
        let type = try next()
        if type == "map" { return try map(of: &message) }
        let name = try next()
        try take("=")
        let field = ProtoFile.Field(name: name, number: try number(), type: type, isRepeated: isRepeated)
        try take(";")
        return field
    }

    /// A map is a list of messages with a key and a value (protobuf's language, "Maps").
    private mutating func map(of message: inout ProtoFile.Message) throws(ProtoError) -> ProtoFile.Field {
        try take("<")
        let key = try next()
        try take(",")
        let value = try next()
        try take(">")
        let name = try next()
        let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        var entry = ProtoFile.Message(name: words.joined() + "Entry")
        entry.isMapEntry = true
        entry.fields = [
            ProtoFile.Field(name: "key", number: 1, type: key), ProtoFile.Field(name: "value", number: 2, type: value),
        ]
        message.messages.append(entry)
        try take("=")
        let field = ProtoFile.Field(name: name, number: try number(), type: entry.name, isRepeated: true)
        try take(";")
        return field
    }

    private mutating func enumeration() throws(ProtoError) -> ProtoFile.Enumeration {
        var enumeration = ProtoFile.Enumeration(name: try next())
        try take("{")
        while !skip("}") {
            let name = try next()
            try take("=")
            enumeration.values.append((name, try number()))
            try take(";")
        }
        return enumeration
    }

    private mutating func service() throws(ProtoError) -> ProtoFile.Service {
        var service = ProtoFile.Service(name: try next())
        try take("{")
        while !skip("}") {
            try take("rpc")
            var method = ProtoFile.Method(name: try next(), input: "", output: "")
            try take("(")
            method.isInputStream = skip("stream")
            method.input = try next()
            try take(")")
            try take("returns")
            try take("(")
            method.isOutputStream = skip("stream")
            method.output = try next()
            try take(")")
            try take(";")
            service.methods.append(method)
        }
        return service
    }
}
