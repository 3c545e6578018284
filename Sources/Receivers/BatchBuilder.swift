import TraceModel

/// Fills a `Received` on behalf of one decoder: interns within the bounds, counts what is refused or cut.
struct BatchBuilder {
    var received: Received

    init(_ received: Received = Received()) {
        self.received = received
    }

    /// How many spans there are so far.
    var count: Int { received.batch.count }

    /// The ref of a name or string value, cut if it is too long.
    @inline(__always)
    mutating func intern(_ bytes: RawSpan) -> StringRef {
        if bytes.byteCount > ReceiverLimits.stringBytesMax { return internCut(bytes) }
        return received.batch.strings.intern(bytes)
    }

    @inline(never)
    private mutating func internCut(_ bytes: RawSpan) -> StringRef {
        truncated(.string)
        var end = ReceiverLimits.stringBytesMax
        // Back to a byte that begins a character, but not further than a character is long.
        let least = end - 3
        while end > least, bytes.unsafeLoad(fromByteOffset: end, as: UInt8.self) & 0xC0 == 0x80 { end -= 1 }
        // The value itself says that it was cut: wherever it is shown, nobody takes it for the whole.
        var cut: [UInt8] = []
        cut.append(copying: bytes.extracting(0..<end))
        cut.append(contentsOf: " […cut, \(bytes.byteCount) bytes in all]".utf8)
        return received.batch.strings.intern(cut.span.bytes)
    }

    /// The ref of the bytes of a binary value, array or map; nil, and counted, if they are too many.
    @inline(__always)
    mutating func internValue(_ bytes: RawSpan) -> StringRef? {
        if bytes.byteCount > ReceiverLimits.valueBytesMax {
            truncated(.value)
            return nil
        }
        return received.batch.strings.intern(bytes)
    }

    /// The ref of an attribute's key; nil, and counted, if it is too long.
    @inline(__always)
    mutating func internKey(_ bytes: RawSpan) -> StringRef? {
        if bytes.byteCount > ReceiverLimits.keyBytesMax {
            truncated(.key)
            return nil
        }
        return received.batch.strings.intern(bytes)
    }

    /// The ref of one of our own texts.
    mutating func intern(text: String) -> StringRef {
        received.batch.strings.intern(text)
    }

    /// Ends the open span, or takes it back if it cannot be stored.
    @inline(__always)
    mutating func appendSpan(_ row: SpanRow) {
        if row.traceID.isValid && row.spanID.isValid {
            received.batch.appendSpan(row)
        } else {
            reject(row.traceID.isValid ? .zeroSpanID : .zeroTraceID, row)
        }
    }

    /// Takes the open span back and counts it.
    @inline(never)
    mutating func reject(_ reason: RejectionReason, _ row: SpanRow) {
        received.batch.discardOpenSpan()
        if let index = received.rejections.firstIndex(where: { $0.reason == reason }) {
            received.rejections[index].count += 1
            return
        }
        let name = String(received.batch.strings.text(row.name).prefix(80))
        let example = "span \"\(name)\", trace id \(row.traceID.hex32), span id \(row.spanID.hex)"
        received.rejections.append(Rejection(reason: reason, count: 1, example: example))
    }

    /// Counts what was cut off.
    @inline(never)
    mutating func truncated(_ kind: Truncation.Kind, count: Int = 1) {
        if let index = received.truncations.firstIndex(where: { $0.kind == kind }) {
            received.truncations[index].count += count
        } else {
            received.truncations.append(Truncation(kind: kind, count: count))
        }
    }

    /// Makes a resource that of the spans from `first` on.
    ///
    /// Without spans it is forgotten.
    mutating func setResource(_ resource: Resource, from first: Int) {
        let end = count
        guard first < end else { return }
        let number = Self.place(of: resource, in: &received.batch.resources)
        for span in first..<end { received.batch.spans.resources[span] = number }
    }

    /// Makes a resource that of one span.
    mutating func setResource(_ resource: Resource, of span: Int) {
        received.batch.spans.resources[span] = Self.place(of: resource, in: &received.batch.resources)
    }

    /// Makes a scope that of the spans from `first` on.
    ///
    /// Without spans it is forgotten.
    mutating func setScope(_ scope: Scope, from first: Int) {
        let end = count
        guard first < end else { return }
        let number = Self.place(of: scope, in: &received.batch.scopes)
        for span in first..<end { received.batch.spans.scopes[span] = number }
    }

    /// The place of an element among the last few of a list, at whose end it is put if it is not there.
    private static func place<Element: Equatable>(of element: Element, in list: inout [Element]) -> UInt32 {
        if let known = list.suffix(16).lastIndex(of: element) { return UInt32(known) }
        list.append(element)
        return UInt32(list.count - 1)
    }
}

extension BatchBuilder {
    /// Sets an OTLP resource's service from its attributes, or the name that stands for its lack (Jaeger's words).
    mutating func nameService(of resource: inout Resource) {
        for attribute in resource.attributes {
            guard received.batch.strings.bytes(attribute.key).equals("service.name") else { continue }
            if attribute.type != .string {
                resource.service = intern(text: "service-name-wrong-type")
            } else if attribute.value == 0 {
                resource.service = intern(text: "empty-service-name")
            } else {
                resource.service = StringRef(truncatingIfNeeded: attribute.value)
            }
            return
        }
        resource.service = intern(text: "missing-service-name")
    }
}

extension BatchBuilder {
    /// The ref of a reader's last string, as a name or value.
    mutating func intern(textOf reader: borrowing JSONReader) -> StringRef {
        intern(reader.text)
    }

    /// The ref of a reader's last string, as an attribute's key; nil, and counted, if it is too long.
    mutating func internKey(textOf reader: borrowing JSONReader) -> StringRef? {
        internKey(reader.text)
    }
}
