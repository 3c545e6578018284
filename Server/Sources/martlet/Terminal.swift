#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What is written for the person who started the program.
enum Terminal {
    /// Whether standard output is a terminal that shows styles.
    static var hasStyle: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// How many columns it has: what the terminal says, or `COLUMNS`, or 100.
    static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return variable("COLUMNS").flatMap { Int($0) }.map { max(40, $0) } ?? 100
    }

    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes a line of a terminal anew; an empty text takes it away.
    static func rewrite(_ text: String) { write("\r\u{1B}[K" + text, to: STDOUT_FILENO) }

    /// Writes to standard output, at once even into a pipe.
    static func say(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// Writes to standard error.
    static func complain(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    /// Ends the process at once; nothing is finished.
    static func end(code: CInt) -> Never {
        exit(code)
    }

    /// The folder in which the program was started.
    static var workingFolder: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    /// A variable of the environment.
    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func write(_ text: String, to descriptor: CInt) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withContiguousStorageIfAvailable { systemWrite(descriptor, $0.baseAddress, $0.count) }
            guard let count, count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// `write` of the C library, beside a method of the same name.
private let systemWrite = write

/// The bound on open files, which is 1024 on many machines: a connection each.
enum FileLimit {
    /// Raises it to what the system allows.
    static func raise() {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        _ = setrlimit(resource, &limit)
    }
}
