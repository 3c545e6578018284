extension ProtoSchemas {
    /// OpenTelemetry's protocol, as far as traces need it.
    static let otlp: [(name: String, text: String)] = [
        ("opentelemetry/proto/common/v1/common.proto", otlpCommon),
        ("opentelemetry/proto/resource/v1/resource.proto", otlpResource),
        ("opentelemetry/proto/trace/v1/trace.proto", otlpTrace),
        ("opentelemetry/proto/collector/trace/v1/trace_service.proto", otlpService),
    ]

    private static let otlpCommon = """
        package opentelemetry.proto.common.v1;
        message AnyValue {
          oneof value {
            string string_value = 1;
            bool bool_value = 2;
            int64 int_value = 3;
            double double_value = 4;
            ArrayValue array_value = 5;
            KeyValueList kvlist_value = 6;
            bytes bytes_value = 7;
          }
        }
        message ArrayValue { repeated AnyValue values = 1; }
        message KeyValueList { repeated KeyValue values = 1; }
        message KeyValue { string key = 1; AnyValue value = 2; }
        message InstrumentationScope {
          string name = 1;
          string version = 2;
          repeated KeyValue attributes = 3;
          uint32 dropped_attributes_count = 4;
        }
        """

    private static let otlpResource = """
        package opentelemetry.proto.resource.v1;
        import "opentelemetry/proto/common/v1/common.proto";
        message Resource {
          repeated opentelemetry.proto.common.v1.KeyValue attributes = 1;
          uint32 dropped_attributes_count = 2;
        }
        """

    private static let otlpTrace = """
        package opentelemetry.proto.trace.v1;
        import "opentelemetry/proto/common/v1/common.proto";
        import "opentelemetry/proto/resource/v1/resource.proto";
        message TracesData { repeated ResourceSpans resource_spans = 1; }
        message ResourceSpans {
          opentelemetry.proto.resource.v1.Resource resource = 1;
          repeated ScopeSpans scope_spans = 2;
          string schema_url = 3;
        }
        message ScopeSpans {
          opentelemetry.proto.common.v1.InstrumentationScope scope = 1;
          repeated Span spans = 2;
          string schema_url = 3;
        }
        message Span {
          bytes trace_id = 1;
          bytes span_id = 2;
          string trace_state = 3;
          bytes parent_span_id = 4;
          string name = 5;
          enum SpanKind {
            SPAN_KIND_UNSPECIFIED = 0;
            SPAN_KIND_INTERNAL = 1;
            SPAN_KIND_SERVER = 2;
            SPAN_KIND_CLIENT = 3;
            SPAN_KIND_PRODUCER = 4;
            SPAN_KIND_CONSUMER = 5;
          }
          SpanKind kind = 6;
          fixed64 start_time_unix_nano = 7;
          fixed64 end_time_unix_nano = 8;
          repeated opentelemetry.proto.common.v1.KeyValue attributes = 9;
          uint32 dropped_attributes_count = 10;
          message Event {
            fixed64 time_unix_nano = 1;
            string name = 2;
            repeated opentelemetry.proto.common.v1.KeyValue attributes = 3;
            uint32 dropped_attributes_count = 4;
          }
          repeated Event events = 11;
          uint32 dropped_events_count = 12;
          message Link {
            bytes trace_id = 1;
            bytes span_id = 2;
            string trace_state = 3;
            repeated opentelemetry.proto.common.v1.KeyValue attributes = 4;
            uint32 dropped_attributes_count = 5;
            fixed32 flags = 6;
          }
          repeated Link links = 13;
          uint32 dropped_links_count = 14;
          Status status = 15;
          fixed32 flags = 16;
        }
        message Status {
          string message = 2;
          enum StatusCode { STATUS_CODE_UNSET = 0; STATUS_CODE_OK = 1; STATUS_CODE_ERROR = 2; }
          StatusCode code = 3;
        }
        """

    private static let otlpService = """
        package opentelemetry.proto.collector.trace.v1;
        import "opentelemetry/proto/trace/v1/trace.proto";
        message ExportTraceServiceRequest { repeated opentelemetry.proto.trace.v1.ResourceSpans resource_spans = 1; }
        message ExportTraceServiceResponse { ExportTracePartialSuccess partial_success = 1; }
        message ExportTracePartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
        service TraceService { rpc Export(ExportTraceServiceRequest) returns (ExportTraceServiceResponse); }
        """
}
