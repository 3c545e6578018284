/// Credits that come at a rate and are spent one at a time: so many a second, and at most one second's worth at once.
struct LeakyBucket: Sendable {
    private(set) var creditsPerSecond: Double
    private var capacity: Double
    private var balance: Double
    private var filledAtNanoseconds: Int64

    /// Makes a bucket that is full to a share from 0 to 1.
    init(creditsPerSecond: Double, initialShare: Double, now: Int64) {
        self.creditsPerSecond = Self.sensible(creditsPerSecond)
        capacity = Self.capacity(self.creditsPerSecond)
        balance = capacity * max(0, min(initialShare, 1))
        filledAtNanoseconds = now
    }

    /// Takes one credit, or says that there is none.
    mutating func takeOne(now: Int64) -> Bool {
        fill(now: now)
        guard balance >= 1 else { return false }
        balance -= 1
        return true
    }

    /// Changes the rate and keeps the share to which the bucket is full: a new rate is no new second's worth.
    mutating func changeRate(to creditsPerSecond: Double, now: Int64) {
        fill(now: now)
        let share = capacity > 0 ? balance / capacity : 0
        self.creditsPerSecond = Self.sensible(creditsPerSecond)
        capacity = Self.capacity(self.creditsPerSecond)
        balance = share * capacity
    }

    private mutating func fill(now: Int64) {
        let seconds = Double(max(0, now - filledAtNanoseconds)) / 1e9
        filledAtNanoseconds = max(now, filledAtNanoseconds)
        balance = min(capacity, balance + seconds * creditsPerSecond)
    }

    private static func sensible(_ rate: Double) -> Double { rate.isFinite ? max(0, rate) : 0 }

    /// At a rate below one a second, one credit in `1 / rate` seconds.
    private static func capacity(_ rate: Double) -> Double { rate == 0 ? 0 : max(rate, 1) }
}
