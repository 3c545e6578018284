/// A file of protobuf's language: what it declares, as far as reflection tells it.
struct ProtoFile: Sendable, Equatable {
    struct Message: Sendable, Equatable {
        var name: String
        var fields: [Field] = []
        var messages: [Message] = []
        var enums: [Enumeration] = []
        var oneofs: [String] = []
        /// Whether it stands for the entries of a map.
        var isMapEntry = false
    }

    struct Field: Sendable, Equatable {
        var name: String
        var number: Int
        /// As it is written: `string`, or the name of a message or an enumeration.
        var type: String
        var isRepeated = false
        /// The place of its oneof in the message.
        var oneof: Int?
    }

    struct Enumeration: Sendable, Equatable {
        var name: String
        var values: [(name: String, number: Int)] = []

        static func == (left: Enumeration, right: Enumeration) -> Bool {
            left.name == right.name && left.values.map(\.name) == right.values.map(\.name)
                && left.values.map(\.number) == right.values.map(\.number)
        }
    }

    struct Method: Sendable, Equatable {
        var name: String
        var input: String
        var output: String
        var isInputStream = false
        var isOutputStream = false
    }

    struct Service: Sendable, Equatable {
        var name: String
        var methods: [Method] = []
    }

    /// Its path, by which other files import it.
    var name: String
    var package = ""
    var imports: [String] = []
    var messages: [Message] = []
    var enums: [Enumeration] = []
    var services: [Service] = []

    /// An empty file.
    init(name: String) { self.name = name }
}

/// Why a text is no such file.
struct ProtoError: Error, Equatable, CustomStringConvertible {
    var description: String
}
