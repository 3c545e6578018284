/// What may not stand in the code, and what to write instead.
enum BannedText {
    struct Rule: Sendable {
        let text: String
        let advice: String
    }

    /// Looked for in Swift code, outside comments and strings.
    static let inSwift: [Rule] = [
        Rule(text: "try!", advice: "throw it on, or handle it"),
        Rule(text: "fatalError(", advice: "throw a typed error; a broken invariant of our own is a precondition"),
        Rule(text: "as! ", advice: "use as? and say what happens when it is not"),
        Rule(text: "Task.detached", advice: "use structured concurrency: a task group or a Service"),
        Rule(text: "NSLock", advice: "use Mutex of the Synchronization module"),
        Rule(text: "Thread.sleep", advice: "never sleep to wait: poll with a deadline"),
    ]

    /// Allowed only in the files below.
    static let lowLevel: [Rule] = [
        "@unchecked Sendable", "nonisolated(unsafe)", "UnsafePointer", "UnsafeMutablePointer", "UnsafeRawPointer",
        "UnsafeMutableRawPointer", "UnsafeBufferPointer", "UnsafeMutableBufferPointer", "UnsafeRawBufferPointer",
        "UnsafeMutableRawBufferPointer", "OpaquePointer", "withUnsafe", "unsafeBitCast", "assumingMemoryBound",
        "Unmanaged", "unowned(unsafe)",
    ].map {
        Rule(
            text: $0,
            advice: "use Span or RawSpan, or list the file in BannedText.lowLevelFiles and say why it is safe"
        )
    }

    /// The files that may use pointers and unchecked sharing.
    ///
    /// Each says in a `// Safety:` line why that is sound.
    static let lowLevelFiles: Set<String> = [
        "Benchmarks/Sources/ClientBenchmarks/Delivery.swift",
        "Fuzz/Sources/BlockFuzzer/BlockFuzzer.swift",
        "Fuzz/Sources/DecompressionFuzzer/DecompressionFuzzer.swift",
        "Fuzz/Sources/LogFuzzer/LogFuzzer.swift",
        "Fuzz/Sources/ReceiverFuzzer/ReceiverFuzzer.swift",
        "Fuzz/Sources/TraceQLFuzzer/TraceQLFuzzer.swift",
        "Server/Sources/MartletServer/Listeners/ListenSocket.swift",
        "Server/Tests/MartletServerTests/Support/TestClient.swift",
        "Server/Sources/WebUI/EmbeddedFiles.swift",
        "Sources/Compression/Decompressor.swift",
        "Tests/CompressionTests/Packing.swift",
        "Sources/Compression/Gzip.swift",
        "Sources/Compression/ZlibDecoder.swift",
        "Sources/Compression/ZstdDecoder.swift",
        "Sources/EmbeddedStore/Block/Compression.swift",
        "Sources/EmbeddedStore/Block/NumberColumn.swift",
        "Sources/EmbeddedStore/Catalogue/SQLiteConnection.swift",
        "Sources/EmbeddedStore/Files/Checksum.swift",
        "Sources/EmbeddedStore/Files/FileBytes.swift",
        "Sources/EmbeddedStore/Files/PosixFileSystem.swift",
        "Sources/EmbeddedStore/Log/ColumnBytes.swift",
        "Sources/JaegerClient/Network/DatagramSocket.swift",
        "Sources/JaegerClient/Network/LocalHost.swift",
        "Sources/JaegerClient/Network/SocketAddresses.swift",
        "Sources/JaegerClient/Network/StreamSocket.swift",
        "Sources/JaegerClient/Reporting/ProtobufWriter.swift",
        "Sources/JaegerClient/Span/JaegerSpan.swift",
        "Sources/JaegerClient/Span/SpanMemory.swift",
        "Sources/JaegerClient/Span/SpareSpans.swift",
        "Sources/JaegerTracing/TracingSpan+Attributes.swift",
        "Sources/OpenTracing/OpenScopes.swift",
        "Sources/Receivers/RawSpan+Text.swift",
        "Server/Tests/EndToEndTests/Harness/Socket.swift",
        "Sources/Thrift/BinaryWriter.swift",
        "Sources/Thrift/CompactWriter.swift",
        "Sources/Thrift/OutputBytes.swift",
        "Sources/TraceModel/ByteHash.swift",
        "Tests/EmbeddedStoreTests/Simulation/SimulatedSQLite.swift",
        "Tests/JaegerClientTests/TestHTTPServer.swift",
        "Tests/JaegerClientTests/UDPListener.swift",
        "Tests/TidyTests/NumberedText.swift",
    ]

    /// Looked for in every file of code, comments and strings included: work that was left lying about.
    static let leftovers: [Rule] = ["TODO", "FIXME", "XXX", "HACK"].map {
        Rule(text: $0, advice: "do it now, or file an issue")
    }

    /// Looked for in every text file: paths of somebody's machine, and what a merge left behind.
    static let everywhere: [Rule] =
        ["home", "Users", "root", "work", "opt", "mnt"].map {
            Rule(text: "/\($0)/", advice: "a path of one machine: make it relative, or an option")
        } + ["<<<<<<< ", ">>>>>>> "].map { Rule(text: $0, advice: "a merge left this behind") }

    /// Names that say nothing of what a type does.
    static let emptyNames = ["Manager", "Helper", "Util"]

    /// Names that a specification gave, and that its readers look for.
    static let givenNames = ["ScopeManager"]

    /// Whether a name says nothing, and nobody else is to blame for it.
    static func isEmpty(_ name: some StringProtocol) -> Bool {
        emptyNames.contains { name.contains($0) } && !givenNames.contains { name.contains($0) }
    }
}
