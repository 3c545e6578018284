import Logging
import MartletServer
import Testing

@Suite struct ListenAddressTests {
    @Test(
        arguments: [
            (":16686", nil, 16686), ("16686", nil, 16686), ("localhost:80", "localhost", 80),
            ("0.0.0.0:0", "0.0.0.0", 0),
            ("[::1]:4318", "::1", 4318), ("[::]:4318", "::", 4318), ("jaeger.example:65535", "jaeger.example", 65535),
        ] as [(String, String?, Int)]
    )
    func `the forms of Jaeger are read`(text: String, host: String?, port: Int) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(try ListenAddress(parsing: address.description) == address)
    }

    @Test(arguments: [
        "", ":", "localhost", "host:", ":65536", "::1:80", "[::1]", "[::1:80", ":8o", "-1", ":99999999999999999999",
    ])
    func `what is no address is refused with words`(text: String) {
        #expect {
            try ListenAddress(parsing: text)
        } throws: { error in
            String(describing: error).count > 5
        }
    }
}

@Suite struct SettingsReaderTests {
    @Test func `without anything the defaults hold`() {
        let reader = SettingsReader(flags: [:], environment: [:])
        #expect(reader.errors.isEmpty && reader.warnings.isEmpty)
        #expect(reader.settings.queryAddress?.port == 16686)
        #expect(reader.settings.listenHost == "localhost")
        #expect(reader.settings.storage == .embedded)
        #expect(reader.settings.durability == .os)
    }

    @Test func `a flag beats a variable, and a variable beats the default`() {
        let environment = ["QUERY_HTTP_SERVER_HOST_PORT": ":1", "ADMIN_HTTP_HOST_PORT": "0.0.0.0:2"]
        let settings = SettingsReader(flags: [.queryAddress: ":3"], environment: environment).settings
        #expect(settings.queryAddress == ListenAddress(port: 3))
        #expect(settings.adminAddress == ListenAddress(host: "0.0.0.0", port: 2))
        #expect(settings.otlpAddress == ListenAddress(port: 4318))
    }

    @Test func `an empty variable counts as not set`() {
        let reader = SettingsReader(
            flags: [:],
            environment: ["QUERY_HTTP_SERVER_HOST_PORT": "", "BADGER_EPHEMERAL": ""]
        )
        #expect(reader.errors.isEmpty && reader.warnings.isEmpty)
    }

    @Test(arguments: [
        (SettingName.queryAddress, "nonsense"), (.otlpEnabled, "maybe"), (.storage, "cassandra"),
        (.durability, "always"), (.samplingProbability, "2"), (.samplingProbability, "nan"), (.logLevel, "loud"),
        (.queryBasePath, "jaeger"), (.queryBasePath, "/a\"b"), (.dataDirectory, ""),
    ])
    func `a bad value is an error that names the flag`(name: SettingName, value: String) throws {
        let errors = SettingsReader(flags: [name: value], environment: [:]).errors
        #expect(errors.count == 1)
        #expect(try #require(errors.first).hasPrefix(name.flag + ": "))
    }

    @Test func `a bad variable is an error that names the variable`() throws {
        let errors = SettingsReader(flags: [:], environment: ["COLLECTOR_ZIPKIN_HTTP_PORT": "x"]).errors
        #expect(try #require(errors.first).hasPrefix("COLLECTOR_ZIPKIN_HTTP_PORT: "))
    }

    @Test func `variables of old compose files are understood`() {
        let environment = [
            "COLLECTOR_ZIPKIN_HTTP_PORT": "9412", "COLLECTOR_OTLP_ENABLED": "false", "SPAN_STORAGE_TYPE": "memory",
            "JAEGER_LISTEN_HOST": "0.0.0.0", "LOG_LEVEL": "warn",
        ]
        let reader = SettingsReader(flags: [:], environment: environment)
        #expect(reader.errors.isEmpty && reader.warnings.isEmpty)
        #expect(reader.settings.zipkinAddress == ListenAddress(port: 9412))
        #expect(reader.settings.otlpAddress == nil)
        #expect(reader.settings.storage == .memory)
        #expect(reader.settings.listenHost == "0.0.0.0")
        #expect(reader.settings.logLevel == .warning)
    }

    @Test func `settings of Jaeger that mean nothing here give one warning`() throws {
        let environment = [
            "COLLECTOR_NUM_WORKERS": "10", "QUERY_HTTP_TLS_ENABLED": "true", "BADGER_EPHEMERAL": "false",
        ]
        let reader = SettingsReader(flags: [:], environment: environment)
        #expect(reader.errors.isEmpty)
        #expect(reader.warnings.count == 1)
        #expect(try #require(reader.warnings.first).hasPrefix("BADGER_EPHEMERAL, COLLECTOR_NUM_WORKERS have no effect"))
    }

    @Test func `another database is not silently replaced`() {
        let reader = SettingsReader(flags: [:], environment: ["SPAN_STORAGE_TYPE": "elasticsearch"])
        #expect(reader.errors.count == 1)
        let overruled = SettingsReader(flags: [.storage: "memory"], environment: ["SPAN_STORAGE_TYPE": "elasticsearch"])
        #expect(overruled.errors.isEmpty)
    }

    @Test func `flags of Jaeger for TLS are known on every server`() {
        #expect(IgnoredJaegerSetting.flag("collector.otlp.grpc.tls.enabled") == (true, false))
        #expect(IgnoredJaegerSetting.flag("query.http.tls.cert") == (true, true))
        #expect(IgnoredJaegerSetting.flag("query.http.tls.nonsense") == (false, false))
        #expect(IgnoredJaegerSetting.flag("nonsense") == (false, false))
    }
}

@Suite struct RetentionBoundsTests {
    @Test(
        arguments: [
            ("80%", .shareOfDisk(0.8)), ("100%", .shareOfDisk(1)), ("20GiB", .bytes(20 << 30)),
            ("1.5KB", .bytes(1_500)),
            ("1000000", .bytes(1_000_000)), ("512m", .bytes(512 << 20)), ("0", .unbounded),
        ] as [(String, RetentionSize)]
    )
    func `sizes are read`(text: String, size: RetentionSize) {
        #expect(RetentionSize(parsing: text) == size)
    }

    @Test(
        arguments: [
            ("168h", .seconds(604_800)), ("7d", .seconds(604_800)), ("90m", .seconds(5_400)), ("1w", .seconds(604_800)),
            ("0", .unbounded), ("0h", .unbounded),
        ] as [(String, RetentionAge)]
    )
    func `ages are read`(text: String, age: RetentionAge) {
        #expect(RetentionAge(parsing: text) == age)
    }

    @Test(arguments: ["", "%", "0%", "101%", "-5GiB", "GiB", "5 apples", "1e400", "nan", "99999999999999TiB"])
    func `what is no size is refused and named`(text: String) {
        #expect(RetentionSize(parsing: text) == nil)
        let reader = SettingsReader(flags: [.retentionSize: text], environment: [:])
        #expect(reader.errors.count == 1)
        #expect(reader.errors.first?.contains("retention.max-bytes") == true)
    }

    @Test(arguments: ["", "h", "7", "-7d", "seven days", "1e99d", "nand"])
    func `what is no age is refused and named`(text: String) {
        #expect(RetentionAge(parsing: text) == nil)
        let reader = SettingsReader(flags: [:], environment: ["RETENTION_MAX_AGE": text])
        #expect(text.isEmpty || reader.errors.first?.contains("RETENTION_MAX_AGE") == true)
    }

    @Test func `figures are kept for ten times as long as spans, unless something else is said`() {
        #expect(SettingsReader(flags: [:], environment: [:]).settings.rollupAge == nil)
        let flags: [SettingName: String] = [.rollupAge: "1d", .rollupSize: "5MiB"]
        let settings = SettingsReader(flags: flags, environment: [:]).settings
        #expect(settings.rollupAge == .seconds(86_400))
        #expect(settings.rollupSize == .bytes(5 << 20))
        let wrong = SettingsReader(flags: [.rollupAge: "soon"], environment: ["RETENTION_ROLLUP_MAX_BYTES": "much"])
        #expect(wrong.errors.count == 2)
    }
}
