import TraceModel

/// Schemas by file and by symbol, as descriptors (google/protobuf/descriptor.proto): what reflection answers from.
struct ProtoRegistry: Sendable {
    /// The descriptor of each file, by its name.
    private(set) var descriptors: [String: [UInt8]] = [:]
    /// The files that each file imports.
    private var imports: [String: [String]] = [:]
    /// The file that declares a symbol: messages, enumerations, services, methods and fields by their full names.
    private var fileOfSymbol: [String: String] = [:]
    private var enumerations: Set<String> = []
    private var types: Set<String> = []

    /// Reads schemas: the texts of files by their names.
    init(_ texts: [(name: String, text: String)]) throws(ProtoError) {
        var files: [ProtoFile] = []
        for (name, text) in texts {
            do { files.append(try ProtoParser.parse(text, name: name)) } catch {
                throw ProtoError(description: "\(name): \(error)")
            }
        }
        for file in files {
            imports[file.name] = file.imports
            for enumeration in file.enums { add(enumeration, file.package, file.name) }
            for message in file.messages { add(message, file.package, file.name) }
            for service in file.services {
                let name = Self.joined(file.package, service.name)
                fileOfSymbol[name] = file.name
                for method in service.methods { fileOfSymbol["\(name).\(method.name)"] = file.name }
            }
        }
        for file in files { descriptors[file.name] = try descriptor(of: file) }
    }

    /// Whether there is a message of this full name.
    func hasType(_ name: String) -> Bool { types.contains(name) }

    /// The descriptors of a file and of all that it imports, the file first; nil if it is unknown.
    func closure(ofFile name: String) -> [[UInt8]]? {
        guard descriptors[name] != nil else { return nil }
        var order = [name]
        var next = 0
        while next < order.count {
            for other in imports[order[next]] ?? [] where !order.contains(other) { order.append(other) }
            next += 1
        }
        return order.compactMap { descriptors[$0] }
    }

    /// The same for the file that declares a symbol.
    func closure(ofSymbol name: String) -> [[UInt8]]? { fileOfSymbol[name].flatMap { closure(ofFile: $0) } }

    private mutating func add(_ message: ProtoFile.Message, _ scope: String, _ file: String) {
        let name = Self.joined(scope, message.name)
        fileOfSymbol[name] = file
        types.insert(name)
        for field in message.fields { fileOfSymbol["\(name).\(field.name)"] = file }
        for enumeration in message.enums { add(enumeration, name, file) }
        for inner in message.messages { add(inner, name, file) }
    }

    private mutating func add(_ enumeration: ProtoFile.Enumeration, _ scope: String, _ file: String) {
        let name = Self.joined(scope, enumeration.name)
        fileOfSymbol[name] = file
        types.insert(name)
        enumerations.insert(name)
    }

    private static func joined(_ scope: String, _ name: String) -> String {
        scope.isEmpty ? name : "\(scope).\(name)"
    }

    /// The full name of a type as it is written in a scope: the innermost that there is.
    private func resolve(_ written: String, in scope: String) throws(ProtoError) -> String {
        var parts = scope.split(separator: ".")
        while true {
            let name = Self.joined(parts.joined(separator: "."), written)
            if types.contains(name) { return name }
            if parts.isEmpty { throw ProtoError(description: "there is no type \(written) in \(scope)") }
            parts.removeLast()
        }
    }
}

// The descriptors.
extension ProtoRegistry {
    /// `FileDescriptorProto`: 1 name, 2 package, 3 dependency, 4 message_type, 5 enum_type, 6 service, 12 syntax.
    private func descriptor(of file: ProtoFile) throws(ProtoError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: 1, text: file.name)
        bytes.append(field: 2, text: file.package)
        for name in file.imports {
            if imports[name] == nil { throw ProtoError(description: "\(file.name) imports \(name), which is unknown") }
            bytes.append(field: 3, text: name)
        }
        for message in file.messages {
            bytes.append(field: 4, message: try descriptor(of: message, in: file.package))
        }
        for enumeration in file.enums { bytes.append(field: 5, message: descriptor(of: enumeration)) }
        for service in file.services {
            bytes.append(field: 6, message: try descriptor(of: service, in: file.package))
        }
        bytes.append(field: 12, text: "proto3")
        return bytes
    }

    /// `DescriptorProto`: 1 name, 2 field, 3 nested_type, 4 enum_type, 7 options{7 map_entry}, 8 oneof_decl{1 name}.
    private func descriptor(of message: ProtoFile.Message, in scope: String) throws(ProtoError) -> [UInt8] {
        let name = Self.joined(scope, message.name)
        var bytes: [UInt8] = []
        bytes.append(field: 1, text: message.name)
        for field in message.fields { bytes.append(field: 2, message: try descriptor(of: field, in: name)) }
        for inner in message.messages { bytes.append(field: 3, message: try descriptor(of: inner, in: name)) }
        for enumeration in message.enums { bytes.append(field: 4, message: descriptor(of: enumeration)) }
        if message.isMapEntry {
            var options: [UInt8] = []
            options.append(field: 7, number: 1)
            bytes.append(field: 7, message: options)
        }
        for oneof in message.oneofs {
            var entry: [UInt8] = []
            entry.append(field: 1, text: oneof)
            bytes.append(field: 8, message: entry)
        }
        return bytes
    }

    private static let scalars: [String: UInt64] = [
        "double": 1, "float": 2, "int64": 3, "uint64": 4, "int32": 5, "fixed64": 6, "fixed32": 7, "bool": 8,
        "string": 9, "bytes": 12, "uint32": 13, "sfixed32": 15, "sfixed64": 16, "sint32": 17, "sint64": 18,
    ]

    /// `FieldDescriptorProto`: 1 name, 3 number, 4 label (1 optional, 3 repeated), 5 type (11 message, 14 enum),
    /// 6 type_name, 9 oneof_index, 10 json_name.
    private func descriptor(of field: ProtoFile.Field, in scope: String) throws(ProtoError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: 1, text: field.name)
        bytes.append(field: 3, number: UInt64(field.number))
        bytes.append(field: 4, number: field.isRepeated ? 3 : 1)
        if let scalar = Self.scalars[field.type] {
            bytes.append(field: 5, number: scalar)
        } else {
            let type = try resolve(field.type, in: scope)
            bytes.append(field: 5, number: enumerations.contains(type) ? 14 : 11)
            bytes.append(field: 6, text: ".\(type)")
        }
        if let oneof = field.oneof { bytes.append(field: 9, number: UInt64(oneof)) }
        bytes.append(field: 10, text: Self.jsonName(field.name))
        return bytes
    }

    private static func jsonName(_ name: String) -> String {
        let parts = name.split(separator: "_")
        let rest = parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return (parts.prefix(1).map(String.init) + rest).joined()
    }

    /// `EnumDescriptorProto`: 1 name, 2 value{1 name, 2 number}.
    private func descriptor(of enumeration: ProtoFile.Enumeration) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: 1, text: enumeration.name)
        for value in enumeration.values {
            var entry: [UInt8] = []
            entry.append(field: 1, text: value.name)
            entry.append(field: 2, number: UInt64(value.number))
            bytes.append(field: 2, message: entry)
        }
        return bytes
    }

    /// `ServiceDescriptorProto`: 1 name, 2 method{1 name, 2 input_type, 3 output_type, 5 client_streaming,
    /// 6 server_streaming}.
    private func descriptor(of service: ProtoFile.Service, in scope: String) throws(ProtoError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: 1, text: service.name)
        for method in service.methods {
            var entry: [UInt8] = []
            entry.append(field: 1, text: method.name)
            entry.append(field: 2, text: ".\(try resolve(method.input, in: scope))")
            entry.append(field: 3, text: ".\(try resolve(method.output, in: scope))")
            if method.isInputStream { entry.append(field: 5, number: 1) }
            if method.isOutputStream { entry.append(field: 6, number: 1) }
            bytes.append(field: 2, message: entry)
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(field number: UInt32, number value: UInt64) {
        append(protobufTag: number, .varint)
        append(varint: value)
    }
}
