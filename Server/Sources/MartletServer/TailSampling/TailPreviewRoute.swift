import NIOHTTP1
import Sampling
import SpanStorage
import TraceModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `POST /sampling/preview` of the admin port: what policies of tail sampling would have kept of what is stored.
///
/// The body is a file of policies; without one those in force are asked. It changes nothing, but it costs something:
/// it needs the header that no web page can send from elsewhere.
struct TailPreviewRoute: Sendable {
    let store: any SpanStore
    let sampler: TailSampler?

    static let path = "/sampling/preview"

    private static let tracesDefault = 1_000
    /// Traces that are read at a time: whole ones, of which only facts are kept.
    private static let pageTraces = 200

    func answer(_ target: RequestTarget, body: [UInt8]) async -> SiteAnswer {
        do throws(SpanStoreError) {
            let report = try await report(target, body)
            return .json(.ok, encoded(report))
        } catch {
            let status: HTTPResponseStatus = if case .query = error { .badRequest } else { StoreRefusal(error).status }
            return StoreRefusal(error).adding(to: .text(status, error.description))
        }
    }

    private func report(_ target: RequestTarget, _ body: [UInt8]) async throws(SpanStoreError) -> TailPreviewReport {
        let options = try options(body)
        let now = UTCTime.now.nanoseconds
        let end = try target.values("end").first.map(DeletionRequest.time) ?? now
        let start = try target.values("start").first.map(DeletionRequest.time) ?? end - min(end, 3_600_000_000_000)
        guard start <= end else { throw .query("the start is after the end") }
        let text = target.values("limit").first ?? "\(Self.tracesDefault)"
        guard let limit = Int(text), (1...TraceQuery.limitMax).contains(limit) else {
            throw .query("\"\(text)\" is not a number of traces from 1 to \(TraceQuery.limitMax)")
        }
        var preview = TailPreview(options)
        var query = TraceQuery(filter: .everything, start: start...end, limit: min(limit, Self.pageTraces))
        var left = limit
        repeat {
            query.limit = min(left, Self.pageTraces)
            let found = try await store.findTraces(query)
            for trace in found.traces { preview.add(trace) }
            left -= found.traces.count
            query.after = found.traces.isEmpty ? nil : found.outcome.next
        } while left > 0 && query.after != nil
        return TailPreviewReport(preview, options, start: start, end: end, isComplete: query.after == nil)
    }

    private func options(_ body: [UInt8]) throws(SpanStoreError) -> TailOptions {
        if body.isEmpty {
            guard let sampler else {
                throw .query("there is no tail sampling in force; send the policies to look at")
            }
            return sampler.options
        }
        do throws(WatchedFileError) {
            return try TailFile.parse(Data(body), WatchedFile(path: "the body", subject: "tail sampling policies"))
        } catch {
            throw .query(error.description)
        }
    }
}
