// The OpenTracing quick start, in Swift.
//
//     swift run QuickStart [service name] [URL of a list of jobs]

import Foundation
import JaegerClient
import OpenTracing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

let arguments = Array(CommandLine.arguments.dropFirst())
let serviceName = arguments.first ?? "first-service"

// Configuring the tracer: record every trace, and log each span that is reported.
// This call also makes it `GlobalTracer.current`.
let tracer = JaegerConfiguration(serviceName: serviceName, sampler: .const(true), logging: true).initializeTracer()

// Creating our first span.
do {
    let span = tracer.startSpan("first-span")
    defer { span.finish() }
    span.setTag("first-tag", to: "100")
}

// A span within another span: nothing links them, so they show up as two traces.
do {
    let span2 = tracer.startSpan("second-span")
    defer { span2.finish() }
    span2.setTag("second-tag", to: "90")

    let span3 = tracer.startSpan("third-span")
    defer { span3.finish() }
    span3.setTag("third-tag", to: "80")
}

// Creating a child span.
do {
    let span4 = tracer.startSpan("fourth-span")
    defer { span4.finish() }
    span4.setTag("fourth-tag", to: "60")

    let span5 = tracer.startSpan("fifth-span", childOf: span4)
    defer { span5.finish() }
    span5.setTag("fifth-tag", to: "80")
}

// Tracing HTTP requests. `withSpan` makes its span the active one: spans that start inside are its children, and an
// error that leaves it sets the tag `error`.
struct Job: Decodable {
    let company: String
    let company_url: String
}

func get(_ address: String) async throws -> Data {
    guard let url = URL(string: address) else { throw URLError(.badURL) }
    let (data, response) = try await URLSession.shared.data(for: URLRequest(url: url, timeoutInterval: 10))
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    tracer.activeSpan?.setTag(Tags.httpStatusCode, to: status)
    guard (200..<300).contains(status) else { throw URLError(.badServerResponse) }
    return data
}

func getHomepages(_ address: String) async throws {
    try await tracer.withSpan("get-python-jobs") { span in
        let jobs = try JSONDecoder().decode([Job].self, from: try await get(address))
        span.setTag("jobs-count", to: jobs.count)
        for job in jobs {
            print("Getting website for \(job.company)")
            do {
                try await tracer.withSpan(job.company) { _ in _ = try await get(job.company_url) }
            } catch {
                print("Unable to get site for \(job.company)")
            }
        }
    }
}

if let address = arguments.dropFirst().first ?? ProcessInfo.processInfo.environment["JOBS_URL"] {
    do {
        try await getHomepages(address)
    } catch {
        print("Unable to get jobs from \(address): \(error)")
    }
} else {
    print("No jobs to look at: give the URL of a list of jobs after the service name, or in JOBS_URL.")
}

// A program that ends at once would end before its spans were sent.
await tracer.close()
