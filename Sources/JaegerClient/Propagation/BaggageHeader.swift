/// Baggage in one header, `key1=value1;property,key2=value2` (W3C Baggage).
///
/// Jaeger's header for people, `jaeger-baggage`, has the same form without the properties.
enum BaggageHeader {
    static let key = "baggage"

    /// The header's value, or nil when no item can be written.
    static func render(_ baggage: [String: String]) -> String? {
        var list = ""
        var count = 0
        for (key, value) in baggage.sorted(by: { $0.key < $1.key }) where HeaderText.isToken(key) {
            let item = (list.isEmpty ? "" : ",") + key + "=" + PercentEncoding.encode(value)
            guard count < Propagation.baggageItemsMax, list.utf8.count + item.utf8.count <= Propagation.baggageBytesMax
            else { break }
            list += item
            count += 1
        }
        return list.isEmpty ? nil : list
    }

    /// Calls `body` with each item; what is none is passed over, and so are properties.
    static func forEachItem(_ list: String, _ body: (_ key: String, _ value: String) -> Void) {
        for member in list.split(separator: ",") {
            let item = member.prefix { $0 != ";" }
            guard let equals = item.firstIndex(of: "=") else { continue }
            let key = HeaderText.trimmed(item[..<equals])
            let value = HeaderText.trimmed(item[item.index(after: equals)...])
            if !key.isEmpty { body(String(key), PercentEncoding.decode(String(value))) }
        }
    }
}
