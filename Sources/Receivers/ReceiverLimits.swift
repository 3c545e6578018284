/// Bounds on what one span may bring along, whatever the protocol.
///
/// What is over a bound is cut off, never the span with it: the rest is kept, the count of what was cut goes into the
/// span's own dropped counts (OTLP's `dropped_…_count`) and into `Received.truncations`.
public enum ReceiverLimits {
    /// Attributes of one span, event, link, resource or scope.
    ///
    /// OpenTelemetry's SDKs stop at 128 by default.
    public static let attributesMax = 1024
    /// Events (Jaeger's logs) of one span.
    public static let eventsMax = 1024
    /// Links (Jaeger's references) of one span.
    public static let linksMax = 1024
    /// Bytes of one name or string value; a longer one is cut at a character's border, and its end says so.
    ///
    /// Prompts and stack traces are the longest that people send.
    public static let stringBytesMax = 256 << 10
    /// Bytes of one binary value or of one array or map; an attribute with a larger one is left out.
    public static let valueBytesMax = 256 << 10
    /// Bytes of an attribute's key; an attribute with a longer one is left out.
    public static let keyBytesMax = 4 << 10
    /// Bytes of one request, decompressed; a larger one is refused.
    ///
    /// The columns count in 32 bits.
    public static let requestBytesMax = 256 << 20
    /// How deep the objects and lists of a JSON text may nest.
    ///
    /// Each level of an attribute's value (`AttributeValue.depthMax`) takes up to four.
    public static let jsonDepthMax = 160
}
