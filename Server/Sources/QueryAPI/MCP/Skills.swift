/// Instructions for common questions, for models that ask.
enum Skills {
    static let all: [(path: String, words: String, text: String)] = [
        (
            "error-root-cause", "Find out where an error comes from.",
            """
            # Where an error comes from

            1. `search_traces` with `with_errors: true`, for the service if it is known. Take a trace with few
               services first.
            2. `get_trace_errors` of it. An error usually travels upwards: look at the span that is deepest.
            3. `get_trace_topology`: of the failed spans the one without a failed child is where it began, unless its
               child is missing because the service called sends no spans.
            4. `get_span_details` of that span: status message, `exception.*` of its events, status codes.
            5. Say which service and operation failed first, with what, and which callers passed it on. Name the trace
               and the span. Check with a second trace whether it is the same everywhere.
            """
        ),
        (
            "slow-trace", "Find out why a request is slow.",
            """
            # Why a request is slow

            1. `search_traces` with `duration_min`, for the root's operation.
            2. `get_critical_path`: only what is on it made the request slow. Its longest spans come first.
            3. A span whose own time is long: `get_span_details`. A chain of many short ones: see detect-n-plus-one.
            4. Compare with a fast trace of the same operation before calling anything unusual.
            """
        ),
        (
            "detect-n-plus-one", "Find calls that are repeated where one would do.",
            """
            # Calls that are repeated where one would do

            1. `get_trace_topology` of a slow trace.
            2. Look for a parent with many children of the same service and name, one after the other.
            3. `get_span_details` of three of them: statements or URLs that differ only in an id confirm it.
            4. Say how many there are, how long they take together (`get_critical_path`), and what could
               fetch them at once.
            """
        ),
    ]
}
