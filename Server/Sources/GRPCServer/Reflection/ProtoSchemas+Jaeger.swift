extension ProtoSchemas {
    /// Jaeger's services: what takes spans and answers questions.
    static let jaeger: [(name: String, text: String)] = [
        ("model.proto", model), ("collector.proto", collector), ("sampling.proto", sampling), ("query.proto", query),
        ("api_v3/query_service.proto", queryV3),
    ]

    private static let model = """
        package jaeger.api_v2;
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/duration.proto";
        enum ValueType { STRING = 0; BOOL = 1; INT64 = 2; FLOAT64 = 3; BINARY = 4; }
        message KeyValue {
          string key = 1;
          ValueType v_type = 2;
          string v_str = 3;
          bool v_bool = 4;
          int64 v_int64 = 5;
          double v_float64 = 6;
          bytes v_binary = 7;
        }
        message Log { google.protobuf.Timestamp timestamp = 1; repeated KeyValue fields = 2; }
        enum SpanRefType { CHILD_OF = 0; FOLLOWS_FROM = 1; }
        message SpanRef { bytes trace_id = 1; bytes span_id = 2; SpanRefType ref_type = 3; }
        message Process { string service_name = 1; repeated KeyValue tags = 2; }
        message Span {
          bytes trace_id = 1;
          bytes span_id = 2;
          string operation_name = 3;
          repeated SpanRef references = 4;
          uint32 flags = 5;
          google.protobuf.Timestamp start_time = 6;
          google.protobuf.Duration duration = 7;
          repeated KeyValue tags = 8;
          repeated Log logs = 9;
          Process process = 10;
          string process_id = 11;
          repeated string warnings = 12;
        }
        message Batch { repeated Span spans = 1; Process process = 2; }
        message DependencyLink { string parent = 1; string child = 2; uint64 call_count = 3; string source = 4; }
        """

    private static let collector = """
        package jaeger.api_v2;
        import "model.proto";
        message PostSpansRequest { Batch batch = 1; }
        message PostSpansResponse { }
        service CollectorService { rpc PostSpans(PostSpansRequest) returns (PostSpansResponse); }
        """

    private static let sampling = """
        package jaeger.api_v2;
        enum SamplingStrategyType { PROBABILISTIC = 0; RATE_LIMITING = 1; }
        message ProbabilisticSamplingStrategy { double samplingRate = 1; }
        message RateLimitingSamplingStrategy { int32 maxTracesPerSecond = 1; }
        message OperationSamplingStrategy {
          string operation = 1;
          ProbabilisticSamplingStrategy probabilisticSampling = 2;
        }
        message PerOperationSamplingStrategies {
          double defaultSamplingProbability = 1;
          double defaultLowerBoundTracesPerSecond = 2;
          repeated OperationSamplingStrategy perOperationStrategies = 3;
          double defaultUpperBoundTracesPerSecond = 4;
        }
        message SamplingStrategyParameters { string serviceName = 1; }
        message SamplingStrategyResponse {
          SamplingStrategyType strategyType = 1;
          ProbabilisticSamplingStrategy probabilisticSampling = 2;
          RateLimitingSamplingStrategy rateLimitingSampling = 3;
          PerOperationSamplingStrategies operationSampling = 4;
        }
        service SamplingManager {
          rpc GetSamplingStrategy(SamplingStrategyParameters) returns (SamplingStrategyResponse);
        }
        """

    private static let query = """
        package jaeger.api_v2;
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/duration.proto";
        import "model.proto";
        message GetTraceRequest {
          bytes trace_id = 1;
          google.protobuf.Timestamp start_time = 2;
          google.protobuf.Timestamp end_time = 3;
          bool raw_traces = 4;
        }
        message SpansResponseChunk { repeated Span spans = 1; }
        message ArchiveTraceRequest {
          bytes trace_id = 1;
          google.protobuf.Timestamp start_time = 2;
          google.protobuf.Timestamp end_time = 3;
        }
        message ArchiveTraceResponse { }
        message TraceQueryParameters {
          string service_name = 1;
          string operation_name = 2;
          map<string, string> tags = 3;
          google.protobuf.Timestamp start_time_min = 4;
          google.protobuf.Timestamp start_time_max = 5;
          google.protobuf.Duration duration_min = 6;
          google.protobuf.Duration duration_max = 7;
          int32 search_depth = 8;
          bool raw_traces = 9;
        }
        message FindTracesRequest { TraceQueryParameters query = 1; }
        message GetServicesRequest { }
        message GetServicesResponse { repeated string services = 1; }
        message GetOperationsRequest { string service = 1; string span_kind = 2; }
        message Operation { string name = 1; string span_kind = 2; }
        message GetOperationsResponse { repeated string operationNames = 1; repeated Operation operations = 2; }
        message GetDependenciesRequest {
          google.protobuf.Timestamp start_time = 1;
          google.protobuf.Timestamp end_time = 2;
        }
        message GetDependenciesResponse { repeated DependencyLink dependencies = 1; }
        service QueryService {
          rpc GetTrace(GetTraceRequest) returns (stream SpansResponseChunk);
          rpc ArchiveTrace(ArchiveTraceRequest) returns (ArchiveTraceResponse);
          rpc FindTraces(FindTracesRequest) returns (stream SpansResponseChunk);
          rpc GetServices(GetServicesRequest) returns (GetServicesResponse);
          rpc GetOperations(GetOperationsRequest) returns (GetOperationsResponse);
          rpc GetDependencies(GetDependenciesRequest) returns (GetDependenciesResponse);
        }
        """

    private static let queryV3 = """
        package jaeger.api_v3;
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/duration.proto";
        import "opentelemetry/proto/trace/v1/trace.proto";
        message GetTraceRequest {
          string trace_id = 1;
          google.protobuf.Timestamp start_time = 2;
          google.protobuf.Timestamp end_time = 3;
          bool raw_traces = 4;
        }
        message TraceQueryParameters {
          string service_name = 1;
          string operation_name = 2;
          map<string, string> attributes = 3;
          google.protobuf.Timestamp start_time_min = 4;
          google.protobuf.Timestamp start_time_max = 5;
          google.protobuf.Duration duration_min = 6;
          google.protobuf.Duration duration_max = 7;
          int32 search_depth = 8;
          bool raw_traces = 9;
        }
        message FindTracesRequest { TraceQueryParameters query = 1; }
        message ServiceSummary { string name = 1; int32 span_count = 2; int32 error_span_count = 3; }
        message TraceSummary {
          string trace_id = 1;
          string root_service_name = 2;
          string root_operation_name = 3;
          fixed64 min_start_time_unix_nano = 4;
          fixed64 max_end_time_unix_nano = 5;
          int32 span_count = 6;
          int32 error_span_count = 7;
          int32 orphan_span_count = 8;
          repeated ServiceSummary services = 9;
        }
        message FindTraceSummariesResponse { repeated TraceSummary summaries = 1; }
        message GetServicesRequest { }
        message GetServicesResponse { repeated string services = 1; }
        message GetOperationsRequest { string service = 1; string span_kind = 2; }
        message Operation { string name = 1; string span_kind = 2; }
        message GetOperationsResponse { repeated Operation operations = 1; }
        message GetDependenciesRequest {
          google.protobuf.Timestamp start_time = 1;
          google.protobuf.Timestamp end_time = 2;
        }
        message Dependency { string parent = 1; string child = 2; uint64 call_count = 3; }
        message DependenciesResponse { repeated Dependency dependencies = 1; }
        service QueryService {
          rpc GetTrace(GetTraceRequest) returns (stream opentelemetry.proto.trace.v1.TracesData);
          rpc FindTraces(FindTracesRequest) returns (stream opentelemetry.proto.trace.v1.TracesData);
          rpc FindTraceSummaries(FindTracesRequest) returns (stream FindTraceSummariesResponse);
          rpc GetServices(GetServicesRequest) returns (GetServicesResponse);
          rpc GetOperations(GetOperationsRequest) returns (GetOperationsResponse);
          rpc GetDependencies(GetDependenciesRequest) returns (DependenciesResponse);
        }
        """
}
