import NIOCore
import TraceModel

/// Server reflection (grpc/reflection/v1/reflection.proto) as far as it lists the services of a port.
///
/// Descriptors of files and symbols are not kept: whoever asks for one hears that there is none.
enum GRPCReflection {
    /// The service under both of its names, for a port that has these others.
    static func services(for names: [String]) -> [GRPCService] {
        let own = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]
        let listed = names + own
        return own.map { name in
            GRPCService(name, methods: ["ServerReflectionInfo": .exchange { answer($0, services: listed) }])
        }
    }

    /// `ServerReflectionRequest`: 1 host, 3 file_by_filename, 4 file_containing_symbol, 5 file_containing_extension,
    /// 6 all_extension_numbers_of_type, 7 list_services.
    ///
    /// `ServerReflectionResponse`: 1 valid_host, 2 original_request, 6 list_services_response{1 service{1 name}},
    /// 7 error_response{1 error_code, 2 error_message}.
    private static func answer(_ request: GRPCRequest, services: [String]) -> Result<ByteBuffer, GRPCStatus> {
        var reader = ByteReader(request.message.readableBytesSpan)
        var host = ""
        var isList = false
        do throws(ByteError) {
            while let tag = try reader.tag() {
                if tag.number == 1, tag.type == .delimited {
                    host = String(copying: try reader.delimited())
                } else {
                    isList = tag.number == 7
                    try reader.skip(tag.type)
                }
            }
        } catch {
            return .failure(GRPCStatus(.invalidArgument, "not a ServerReflectionRequest: \(error)"))
        }
        var response: [UInt8] = []
        if !host.isEmpty { response.append(field: 1, text: host) }
        response.append(field: 2, message: Array(request.message.readableBytesView))
        if isList {
            var list: [UInt8] = []
            for name in services {
                var service: [UInt8] = []
                service.append(field: 1, text: name)
                list.append(field: 1, message: service)
            }
            response.append(field: 6, message: list)
        } else {
            var error: [UInt8] = []
            error.append(protobufTag: 1, .varint)
            error.append(varint: UInt64(GRPCStatus.Code.notFound.rawValue))
            error.append(field: 2, text: "this server lists its services; it has no descriptors of them")
            response.append(field: 7, message: error)
        }
        return .success(ByteBuffer(bytes: response))
    }
}
