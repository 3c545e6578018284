import ArgumentParser
import FoundationEssentials
import Logging
import MartletServer

/// Where a command gets its answers, and how it shows them.
struct AskOptions: ParsableArguments {
    @Option(help: "The server's query port (default: $MARTLET_URL, or http://localhost:16686).")
    var url: String?

    @Option(name: .customLong("data-dir"), help: "Ask the files of a data directory that no server has open instead.")
    var directory: String?

    @Flag(help: "Print the API's answer as it is.")
    var json = false

    @Option(help: "Whether to use colours: auto, always or never.")
    var color = ColourChoice.auto

    enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    func validate() throws {
        if url != nil, directory != nil { throw ValidationError("--url and --data-dir: choose one of them") }
    }

    var style: TextStyle {
        switch color {
        case .auto: TextStyle(hasColour: Terminal.hasStyle)
        case .always: TextStyle(hasColour: true)
        case .never: TextStyle(hasColour: false)
        }
    }

    /// The server that is meant.
    func server() throws(AnswerFailure) -> RemoteAnswers {
        try RemoteAnswers(url: url ?? Terminal.variable("MARTLET_URL") ?? "http://localhost:16686")
    }

    private func source() throws(AnswerFailure) -> any AnswerSource {
        if let directory {
            return try OfflineAnswers(
                directory: directory,
                logger: Logger(label: "martlet") { _ in SwiftLogNoOpLogHandler() }
            )
        }
        return try server()
    }

    /// Asks, and ends the program with code 2 and words if there is no answer.
    func ask(_ body: (Asking) async throws -> Void) async throws {
        do {
            let source = try source()
            do {
                try await body(Asking(source: source, options: self))
            } catch {
                await source.close()
                throw error
            }
            await source.close()
        } catch let error as AskFailure {
            Terminal.complain("error: \(error.description.shown)")
            throw error.code
        } catch let error as AnswerFailure {
            Terminal.complain("error: \(error.description.shown)")
            throw ExitCode(2)
        }
    }
}

/// Why a command ends without what was asked for.
struct AskFailure: Error {
    var description: String
    /// 1: it is not there. 2: the question could not be answered.
    var code: ExitCode
}

/// A command that has somebody to ask.
struct Asking {
    let source: any AnswerSource
    let options: AskOptions

    /// The answer's data; with `--json` the answer is printed as well.
    func data<Content: Decodable>(
        _ path: String,
        _ parameters: [(name: String, value: String)] = [],
        as type: Content.Type,
        printsJSON: Bool = true
    ) async throws -> AnswerEnvelope<Content> {
        let answer = try await source.get(path, parameters)
        let envelope: AnswerEnvelope<Content>
        do {
            envelope = try JSONDecoder().decode(AnswerEnvelope<Content>.self, from: Data(answer.body))
        } catch {
            let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
            throw AskFailure(
                description: "status \(answer.status), and no answer that this martlet understands: \(text)",
                code: ExitCode(2)
            )
        }
        if answer.status != 200 {
            let words = envelope.errors?.first?.msg ?? "status \(answer.status)"
            throw AskFailure(description: words, code: ExitCode(answer.status == 404 ? 1 : 2))
        }
        if options.json, printsJSON {
            Terminal.say(String(decoding: answer.body, as: UTF8.self))
        } else if let partial = envelope.partial {
            Terminal.complain("note: this is not all of it: \(partial.message.shown)")
        }
        return envelope
    }
}

/// A part of a path, escaped.
func pathPart(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { escaped, byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            escaped.unicodeScalars.append(Unicode.Scalar(byte))
        default: escaped += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
    }
}
