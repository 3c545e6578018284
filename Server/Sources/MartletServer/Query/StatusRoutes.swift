import HTTPTypes
import Hummingbird
import QueryAPI

/// `/api/status` of the query port: what the status page shows.
struct StatusRoutes: Sendable {
    let status: ServerStatus

    /// The route and its description.
    var route: Route {
        Route(
            "api/status",
            .get,
            "How the server is, what it has taken in and what it was told to do.",
            answer: Self.shape
        ) { _ in answer() }
    }

    private func answer() -> Response {
        guard let report = status.report else { return .plain(.serviceUnavailable, "the server is starting") }
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: report.json()))
        )
    }
}

extension StatusRoutes {
    private static let shape: Schema = [
        "version": .text, "startedAt": .text, "now": .text, "uptimeSeconds": .integer,
        "phase": .choice(["starting", "running", "stopping"]),
        "process": ["cpuSeconds?": .number, "residentBytes?": .integer],
        "ports": .list(["name": .text, "setting": .text, "addresses": .list(.text), "connections?": .integer]),
        "ingest": ingest, "storage": storage,
        "retention": [
            "maxBytes?": .integer, "maxAgeSeconds?": .integer, "rollupMaxBytes?": .integer,
            "rollupMaxAgeSeconds?": .integer,
        ],
        "sampling": sampling,
        "configuration": .list([
            "setting": .text, "flag": .text, "variable": .text, "value": .text,
            "origin": .noted(.text, "default, or the flag or variable that said it."),
        ]),
    ]

    private static let ingest: Schema = [
        "rows": .list([
            "service": .text, "source": .text, "format": .text, "transport": .text,
            "received": .noted(.integer, "What was stored, sampled out, rejected and is under way together."),
            "stored": .integer, "sampledOut": .integer, "rejected": .map(.integer), "underWay": .integer,
        ]),
        "requests": .list([
            "source": .text, "received": .integer, "bytes": .integer, "refused": .map(.integer),
            "truncated": .map(.integer), "droppedDatagrams?": .integer, "kernelDrops?": .integer,
            "socketErrors?": .integer,
        ]),
        "clients": .list([
            "service": .text, "droppedQueueFull": .integer, "droppedTooLarge": .integer, "failedToEmit": .integer,
        ]),
        "bytesInFlight": .integer, "bytesInFlightMax": .integer,
    ]

    private static let storage: Schema = [
        "kind": .text, "dataDirectory?": .text, "durability": .text, "spans": .integer, "headSpans": .integer,
        "headBytes": .integer, "queuedBytes": .integer, "segments": .integer, "segmentBytes": .integer,
        "logBytes": .integer, "catalogueBytes": .integer, "rollupBytes": .integer, "storedSpans": .integer,
        "countedSpans": .integer, "replayedSpans": .integer, "evicted": .map(.integer), "isDiskFull": .flag,
        "pinnedTraces": .integer, "damagedSegments": .integer, "damage": .list(.text),
    ]

    private static let strategy: Schema = [
        "type": .choice(["probabilistic", "ratelimiting"]), "probability?": .number, "tracesPerSecond?": .number,
        "operations?": .list(["operation": .text, "probability": .number]), "defaultProbability?": .number,
        "lowerBoundTracesPerSecond?": .number,
    ]

    private static let sampling: Schema = [
        "type": .choice(["file", "adaptive"]), "file?": .text, "reloadFailures": .integer, "fallback": strategy,
        "services": .list([
            "service": .text, "asked": .integer, "lastAskedAt?": .text, "isInFile": .flag, "strategy": strategy,
            "tracesPerSecond": .number,
            "operations": .list(["operation": .text, "tracesPerSecond": .number, "probability?": .number]),
        ]),
        "tail?": [
            "file?": .text, "decisionWaitSeconds": .number, "removalIntervalSeconds": .number,
            "waitingTraces": .integer, "maxWaitingTraces": .integer, "keptTraces": .integer,
            "droppedTraces": .integer, "droppedSpans": .integer, "pinnedTraces": .integer,
            "earlyDecisions": .integer, "removalFailures": .integer, "reloadFailures": .integer,
            "policies": .list(["name": .text, "type": .text, "keptTraces": .integer, "keptSpans": .integer]),
        ],
    ]
}
