/// What the program is.
public enum Martlet {
    /// Its version.
    public static let version = "0.1.0"
}
