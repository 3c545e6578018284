import TraceModel

/// The processes of a trace: its resources as Jaeger's model has them, equal ones once, numbered from 1 in the order in
/// which the spans first name them.
struct JaegerProcesses: Sendable {
    /// One process.
    struct Process: Hashable, Sendable {
        /// The service's name, or what is shown in its place.
        var service: Service
        /// Its tags, in order.
        var tags: [Attribute]
    }

    /// The name of a service.
    enum Service: Hashable, Sendable {
        case stored(StringRef)
        case word(String)
    }

    /// The processes; the first one is number 1.
    private(set) var list: [Process] = []
    // The number of each resource's process, 0 until a span names it; one more for a resource that is not there.
    private var numbers: [UInt32]

    init(of batch: SpanBatch) {
        numbers = [UInt32](repeating: 0, count: batch.resources.count + 1)
        let serviceKey = batch.strings.ref(of: "service.name")
        var known: [Process: UInt32] = [:]
        for resource in batch.spans.resources {
            let place = min(Int(resource), batch.resources.count)
            if numbers[place] != 0 { continue }
            let content = place < batch.resources.count ? batch.resources[place] : Resource()
            let process = Self.process(content, serviceKey: serviceKey)
            if let number = known[process] {
                numbers[place] = number
            } else {
                list.append(process)
                numbers[place] = UInt32(list.count)
                known[process] = UInt32(list.count)
            }
        }
    }

    /// The number of the process of a span of this resource.
    func number(ofResource resource: UInt32) -> UInt32 {
        numbers[min(Int(resource), numbers.count - 1)]
    }

    /// Numbers the processes otherwise: `numbers` has the new number of each, in the order of `list`.
    mutating func renumber(_ new: [UInt32]) {
        for place in numbers.indices where numbers[place] != 0 { numbers[place] = new[Int(numbers[place]) - 1] }
    }

    private static func process(_ resource: Resource, serviceKey: StringRef?) -> Process {
        let isJaeger = resource.format == .jaeger
        let service: Service =
            resource.service != 0
            ? .stored(resource.service) : .word(isJaeger ? "empty-service-name" : "missing-service-name")
        // The attribute that the service's name was taken from would only repeat it. What it does not hold stays.
        let tags = resource.attributes.filter { attribute in
            isJaeger || resource.service == 0 || attribute.key != serviceKey || attribute.type != .string
                || attribute.value != UInt64(resource.service)
        }
        return Process(service: service, tags: tags)
    }
}
