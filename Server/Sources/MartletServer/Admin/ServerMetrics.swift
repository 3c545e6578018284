import NIOCore
import Sampling
import SpanStorage
import TraceModel

/// What `/metrics` tells.
///
/// Names are those of Jaeger's dashboards where Jaeger counts the same thing.
struct ServerMetrics {
    let ingest: IngestMetrics
    let store: any SpanStore
    let book: SamplingBook
    let queries: QueryCounters
    /// Where the server listens.
    let addresses: [PortName: [SocketAddress]]
    let settings: ServerSettings
    let tailFile: TailFile?
    let startedAt: UTCTime

    /// All of it as text.
    func text() -> String {
        var text = PrometheusText()
        ingest.add(to: &text)
        addQueries(to: &text)
        text.add(
            "martlet_sampling_reload_failures_total",
            .counter,
            "Changed strategies files that could not be used.",
            book.reloadFailures
        )
        addTailSampling(to: &text)
        addStore(to: &text)
        ProcessUsage.now.add(to: &text, startedAt: startedAt)
        return text.text
    }

    private func addQueries(to text: inout PrometheusText) {
        let name = "jaeger_query_requests_total"
        text.begin(name, .counter, "Questions to the query API, by operation and result.")
        for (key, count) in queries.counts.sorted(by: { $0.key < $1.key }) {
            text.sample(name, [("operation", key.operation), ("result", key.result)], count)
        }
    }

    private func addTailSampling(to text: inout PrometheusText) {
        guard let figures = ingest.pipeline.tail?.figures else { return }
        let decided = "martlet_tail_sampling_traces_total"
        text.begin(decided, .counter, "Traces that were decided on, by what came of them.")
        let kept = figures.outcomes.reduce(0) { $0 + $1.traces }
        for (decision, count) in [
            ("kept", kept), ("left_out", figures.leftOutTraces), ("pinned", figures.pinnedTraces),
        ] {
            text.sample(decided, [("decision", decision)], count)
        }
        let policies = "martlet_tail_sampling_kept_traces"
        text.begin(policies, .gauge, "Traces that each policy kept since the policies changed.")
        for (policy, outcome) in zip(figures.options.policies, figures.outcomes) {
            text.sample(policies, [("policy", policy.name)], outcome.traces)
        }
        let early = "martlet_tail_sampling_early_decisions_total"
        text.add(early, .counter, "Traces that were decided on early because too many waited.", figures.earlyDecisions)
        text.add("martlet_tail_sampling_waiting_traces", .gauge, "Traces that wait.", figures.waitingTraces)
        let failures = "martlet_tail_sampling_removal_failures_total"
        text.add(failures, .counter, "Removals that had to be tried again.", figures.removalFailures)
        let reloads = "martlet_tail_sampling_reload_failures_total"
        text.add(reloads, .counter, "Changed files of policies that could not be used.", tailFile?.reloadFailures ?? 0)
    }

    private func addStore(to text: inout PrometheusText) {
        let store = store.statistics()
        text.add("martlet_store_spans", .gauge, "Spans in the store.", store.spans)
        text.add("martlet_store_head_spans", .gauge, "Spans of these that are not in a block yet.", store.headSpans)
        text.add("martlet_store_head_bytes", .gauge, "Bytes of memory that those take.", store.headBytes)
        text.add("martlet_store_queue_bytes", .gauge, "Bytes that wait to be written to the log.", store.queuedBytes)
        text.add("martlet_store_segments", .gauge, "Segment files.", store.segments)
        let bytes = "martlet_store_disk_bytes"
        text.begin(bytes, .gauge, "Bytes on the disk, by kind of file.")
        text.sample(bytes, [("files", "segments")], store.diskBytes)
        text.sample(bytes, [("files", "log")], store.logBytes)
        text.sample(bytes, [("files", "catalogue")], store.catalogueBytes)
        text.add("martlet_store_disk_full", .gauge, "1 while a full disk keeps spans out.", store.isDiskFull ? 1 : 0)
        text.add("martlet_store_pinned_traces", .gauge, "Traces that outlive retention.", store.pinnedTraces)
        text.add("martlet_store_damaged_segments", .gauge, "Segments that were set aside.", store.damagedSegments)
        text.add("martlet_store_stored_spans_total", .counter, "Spans made durable.", store.storedSpans)
        let merged = "martlet_store_merged_segments_total"
        text.add(merged, .counter, "Segments that were merged into others.", store.mergedSegments)
        let work = "martlet_store_work_milliseconds_total"
        text.begin(work, .counter, "Processor time of the store's own threads, by what they do.")
        text.sample(work, [("work", "log")], store.work.logNanoseconds / 1_000_000)
        text.sample(work, [("work", "seal")], store.work.sealNanoseconds / 1_000_000)
        text.sample(work, [("work", "upkeep")], store.work.upkeepNanoseconds / 1_000_000)
        let evicted = "martlet_store_evicted_spans_total"
        text.begin(evicted, .counter, "Stored spans that are not there any more, by reason.")
        for (reason, spans) in store.evicted.byReason { text.sample(evicted, [("reason", reason)], spans) }
        let rollups = store.rollups
        text.add("martlet_rollup_bytes", .gauge, "Bytes of the figures of spans.", rollups.bytes)
        text.add("martlet_rollup_rows", .gauge, "Rows of the catalogue that they are in.", rollups.rows)
        text.add("martlet_rollup_damaged_rows", .gauge, "Rows of these that cannot be read.", rollups.damagedRows)
        text.add("martlet_rollup_waiting_calls", .gauge, "Calls whose caller has not come.", rollups.waitingCalls)
        text.add(
            "martlet_rollup_calls_without_caller_total",
            .counter,
            "Calls whose caller did not come in time.",
            rollups.droppedCalls
        )
        text.add("martlet_store_replayed_spans", .gauge, "Spans read from the log at the start.", store.replayedSpans)
    }

}
