import NIOCore
import TraceModel

/// Server reflection (grpc/reflection/v1/reflection.proto): the services of a port, and the schemas of what they take
/// and answer, so that grpcurl and the like need no files.
enum GRPCReflection {
    /// The service under both of its names, for a port that has these others.
    static func services(for names: [String]) -> [GRPCService] {
        let own = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]
        let listed = names + own
        return own.map { name in
            GRPCService(name, methods: ["ServerReflectionInfo": .exchange { answer($0, services: listed) }])
        }
    }

    // A schema that cannot be read is a bug of ours that a test finds: here it is one that nobody can ask for.
    private static let registry = try? ProtoRegistry(ProtoSchemas.all)

    /// `ServerReflectionRequest`: 1 host, 3 file_by_filename, 4 file_containing_symbol, 5 file_containing_extension,
    /// 6 all_extension_numbers_of_type, 7 list_services.
    private enum Question {
        case services
        case file(String)
        case symbol(String)
        case extensions(ofType: String)
        case unknown
    }

    private static func answer(_ request: GRPCRequest, services: [String]) -> Result<ByteBuffer, GRPCStatus> {
        var reader = ByteReader(request.message.readableBytesSpan)
        var host = ""
        var question = Question.unknown
        do throws(ByteError) {
            while let tag = try reader.tag() {
                guard tag.type == .delimited, tag.number != 5 else {
                    try reader.skip(tag.type)
                    continue
                }
                let text = String(copying: try reader.delimited())
                switch tag.number {
                case 1: host = text
                case 3: question = .file(text)
                case 4: question = .symbol(text)
                case 6: question = .extensions(ofType: text)
                case 7: question = .services
                default: break
                }
            }
        } catch {
            return .failure(GRPCStatus(.invalidArgument, "not a ServerReflectionRequest: \(error)"))
        }
        var response: [UInt8] = []
        if !host.isEmpty { response.append(field: 1, text: host) }
        response.append(field: 2, message: Array(request.message.readableBytesView))
        add(question, services, to: &response)
        return .success(ByteBuffer(bytes: response))
    }

    /// `ServerReflectionResponse`: 4 file_descriptor_response{1 file_descriptor_proto}, 5
    /// all_extension_numbers_response{1 base_type_name}, 6 list_services_response{1 service{1 name}}, 7
    /// error_response{1 error_code, 2 error_message}.
    private static func add(_ question: Question, _ services: [String], to response: inout [UInt8]) {
        switch question {
        case .services:
            var list: [UInt8] = []
            for name in services {
                var service: [UInt8] = []
                service.append(field: 1, text: name)
                list.append(field: 1, message: service)
            }
            response.append(field: 6, message: list)
        case .file(let name): add(registry?.closure(ofFile: name), "there is no file \(name)", to: &response)
        case .symbol(let name): add(registry?.closure(ofSymbol: name), "there is no symbol \(name)", to: &response)
        case .extensions(let type):
            guard registry?.hasType(type) == true else {
                return add(nil, "there is no type \(type)", to: &response)
            }
            var none: [UInt8] = []
            none.append(field: 1, text: type)
            response.append(field: 5, message: none)
        case .unknown: add(nil, "protobuf's extensions are not used here", to: &response)
        }
    }

    private static func add(_ files: [[UInt8]]?, _ words: String, to response: inout [UInt8]) {
        if let files {
            var list: [UInt8] = []
            for file in files { list.append(field: 1, message: file) }
            response.append(field: 4, message: list)
        } else {
            var error: [UInt8] = []
            error.append(protobufTag: 1, .varint)
            error.append(varint: UInt64(GRPCStatus.Code.notFound.rawValue))
            error.append(field: 2, text: words)
            response.append(field: 7, message: error)
        }
    }
}
