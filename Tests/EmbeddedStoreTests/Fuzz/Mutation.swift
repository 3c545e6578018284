import Foundation

/// The inputs that the fuzzers begin with, and small changes of them from a seed.
enum Corpus {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder of a fuzzer's inputs.
    static func folder(_ name: String) -> URL { root.appendingPathComponent("Fuzz/Corpus/\(name)") }

    /// The inputs of a fuzzer.
    static func inputs(_ name: String) throws -> [[UInt8]] {
        let files = try FileManager.default.contentsOfDirectory(at: folder(name), includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
    }
}

extension SplitMix {
    /// Some bytes with a few of them changed, cut off, doubled, or put in the place of others.
    mutating func mutated(_ input: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0...number(below: 4) where !bytes.isEmpty {
            let place = number(below: bytes.count)
            switch number(below: 8) {
            case 0, 1: bytes[place] ^= UInt8(1) << UInt8(number(below: 8))
            case 2: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 3: bytes[place] = [0, 0x7F, 0x80, 0xFF][number(below: 4)]
            case 4:
                let count = min(4, bytes.count - place)
                bytes.replaceSubrange(place..<place + count, with: [UInt8](repeating: 0xFF, count: count))
            case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + number(below: 16)))
            case 6: bytes.insert(contentsOf: other.prefix(number(below: 24)), at: place)
            default:
                let from = other.dropFirst(number(below: other.count + 1)).prefix(bytes.count - place)
                bytes.replaceSubrange(place..<place + from.count, with: from)
            }
        }
        return bytes
    }
}
