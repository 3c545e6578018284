import Foundation

/// The query of a URL, as forms have it: `+` is a space, and a plus is `%2B`.
///
/// Foundation leaves both as they are; the tutorial's programs in Python, as most others, do not.
public enum Query {
    /// The value of a parameter in a query as it stands in the URL; nil when it is not there.
    public static func value(_ name: String, in query: String) -> String? {
        var components = URLComponents()
        components.percentEncodedQuery = query.replacingOccurrences(of: "+", with: "%20")
        return components.queryItems?.first { $0.name == name }?.value
    }

    /// A query of one parameter, as it stands in a URL.
    public static func of(_ name: String, _ value: String) -> String? {
        var components = URLComponents()
        components.queryItems = [URLQueryItem(name: name, value: value)]
        return components.percentEncodedQuery?.replacingOccurrences(of: "+", with: "%2B")
    }
}
