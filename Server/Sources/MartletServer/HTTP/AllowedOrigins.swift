import NIOHTTP1

/// The web pages whose scripts may send spans from a browser (CORS).
///
/// None unless the operator names them.
struct AllowedOrigins: Sendable {
    /// Origins such as `https://shop.example`, or with one `*` in any place; `*` alone is any page.
    let patterns: [String]

    /// The answer to a browser that asks before it sends; nil if the request is none of that kind.
    func preflight(_ head: HTTPRequestHead) -> SiteAnswer? {
        guard head.method == .OPTIONS, head.headers.contains(name: "Access-Control-Request-Method"),
            let origin = head.headers.first(name: "Origin"), isAllowed(origin)
        else { return nil }
        let answer = allow(SiteAnswer(.noContent), head)
            .with("Access-Control-Allow-Methods", "POST")
            .with("Access-Control-Max-Age", "7200")
        let asked = head.headers.first(name: "Access-Control-Request-Headers") ?? ""
        return asked.isEmpty ? answer : answer.with("Access-Control-Allow-Headers", asked)
    }

    /// The answer with the header that lets the page that sent the request see it.
    func allow(_ answer: SiteAnswer, _ head: HTTPRequestHead) -> SiteAnswer {
        if patterns.isEmpty { return answer }
        guard let origin = head.headers.first(name: "Origin"), isAllowed(origin) else { return answer }
        return answer.with("Access-Control-Allow-Origin", origin).with("Vary", "Origin")
    }

    private func isAllowed(_ origin: String) -> Bool {
        patterns.contains { pattern in
            guard let star = pattern.firstIndex(of: "*") else { return pattern == origin }
            let before = pattern[..<star]
            let after = pattern[pattern.index(after: star)...]
            return origin.utf8.count >= before.utf8.count + after.utf8.count
                && origin.hasPrefix(before) && origin.hasSuffix(after)
        }
    }
}
