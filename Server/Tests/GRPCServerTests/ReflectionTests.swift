import Testing
import TraceModel

@testable import GRPCServer

/// The schemas that reflection tells.
struct ReflectionTests {
    @Test func `every schema of this server can be read, and all of its types are there`() throws {
        let registry = try ProtoRegistry(ProtoSchemas.all)
        #expect(registry.descriptors.count == ProtoSchemas.all.count)
        for name in [
            "jaeger.api_v2.QueryService", "jaeger.api_v2.QueryService.GetTrace", "jaeger.api_v3.QueryService",
            "jaeger.api_v2.CollectorService", "jaeger.api_v2.SamplingManager", "grpc.health.v1.Health",
            "opentelemetry.proto.collector.trace.v1.TraceService", "opentelemetry.proto.trace.v1.Span.Event",
            "opentelemetry.proto.trace.v1.Span.trace_id", "grpc.reflection.v1alpha.ServerReflection",
        ] {
            #expect(registry.closure(ofSymbol: name) != nil, "\(name)")
        }
        #expect(registry.closure(ofSymbol: "jaeger.api_v2.Nothing") == nil)
    }

    @Test func `a file comes with all that it imports, itself first and each once`() throws {
        let registry = try ProtoRegistry([
            ("a", "package a; import \"b\"; import \"c\"; message A { b.B b = 1; c.C c = 2; }"),
            ("b", "package b; import \"c\"; message B { repeated c.C c = 1; }"), ("c", "package c; message C { }"),
        ])
        let files = try ["a", "b", "c"].map { try #require(registry.descriptors[$0]) }
        #expect(registry.closure(ofFile: "a") == files)
        #expect(registry.closure(ofSymbol: "c.C") == [files[2]])
    }

    @Test func `a descriptor has the fields of descriptor proto`() throws {
        let text = "package p; message M { string a_b = 1; map<string, int64> tags = 2; } enum E { ZERO = 0; }"
        let file = try ProtoParser.parse(text, name: "f")
        let message = try #require(file.messages.first)
        #expect(message.fields.map(\.name) == ["a_b", "tags"])
        #expect(message.fields[1].type == "TagsEntry")
        #expect(message.fields[1].isRepeated)
        #expect(message.messages.first?.isMapEntry == true)
        let bytes = try #require(try ProtoRegistry([("f", text)]).descriptors["f"])
        var reader = ByteReader(bytes.span.bytes)
        var numbers: [UInt32] = []
        while let tag = try reader.tag() {
            numbers.append(tag.number)
            try reader.skip(tag.type)
        }
        #expect(numbers == [1, 2, 4, 5, 12])
        #expect(String(decoding: bytes, as: UTF8.self).contains("aB"))
    }

    @Test(arguments: [
        ("message", "the text ends too early"), ("package a", "the text ends too early"),
        ("option x = 1;", "option begins nothing that is known"), ("message A { string a = x; }", "x is no number"),
        ("message A { B b = 1; }", "there is no type B in A"), ("import \"x\";", "imports x, which is unknown"),
        ("service S { get A(B) returns (C); }", "expected rpc, found get"),
    ])
    func `what is no schema is refused with words`(text: String, words: String) {
        #expect(throws: ProtoError.self) {
            do { _ = try ProtoRegistry([("f", text)]) } catch {
                #expect("\(error)".contains(words), "\(error)")
                throw error
            }
        }
    }
}
