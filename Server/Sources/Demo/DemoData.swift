/// Who may ask for a car.
enum DemoData {
    static let customers = [
        "123": "Rachel's Floral Designs", "392": "Trom Chocolatier", "567": "Amazing Coffee Roasters",
        "731": "Japanese Desserts",
    ]

    static let page = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>martlet demo</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
          a { display: block; margin: .5rem 0; }
        </style>
        <h1>Which customer needs a car?</h1>
        \(customers.sorted { $0.key < $1.key }.map { "<a href=\"/dispatch?customer=\($0.key)\">\($0.value)</a>" }
            .joined(separator: "\n"))
        </html>
        """
}
