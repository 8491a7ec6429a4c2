using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Migrations.Tracing;

/// <summary>
/// Spans and figures under the name <c>Migrations</c>, for whoever listens (OpenTelemetry's SDK does, by that name). Attributes follow its
/// conventions for databases, see <see href="https://opentelemetry.io/docs/specs/semconv/database/database-spans/"/>. Neither holds the
/// text of a statement or of an error, because either may hold a secret.
/// </summary>
internal static class OperationTrace
{
    private const string Name = "Migrations";

    private static readonly ActivitySource Spans = new(Name);
    private static readonly Meter Figures = new(Name);
    private static readonly Histogram<double> Durations = Figures.CreateHistogram<double>(
        "migrations.operation.duration",
        "s",
        "How long runs, steps, backups, proofs and restores took."
    );

    /// <summary>Does a piece of work within a span, and measures it.</summary>
    /// <param name="operation">What is done: <c>run</c>, <c>step</c>, <c>backup</c>, <c>proof</c>, <c>restore</c>.</param>
    /// <param name="engine">The engine's name.</param>
    /// <param name="database">The database, without secrets.</param>
    /// <param name="subject">What it is done to: a migration's or a backup's name; null for the whole database.</param>
    /// <param name="work">The work. Gets the span; null where no one listens.</param>
    public static async Task<T> RunAsync<T>(
        string operation,
        string engine,
        string database,
        string? subject,
        Func<Activity?, Task<T>> work
    )
    {
        using var span = Spans.StartActivity(subject is null ? operation : $"{operation} {subject}", ActivityKind.Client);
        span?.SetTag("db.operation.name", operation);
        span?.SetTag("db.system.name", engine.ToLowerInvariant());
        span?.SetTag("db.namespace", database);
        var began = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            return await work(span).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error = (e as MigrationException)?.Id.ToString() ?? e.GetType().Name;
            span?.SetTag("error.type", error);
            span?.SetStatus(ActivityStatusCode.Error, error);
            throw;
        }
        finally
        {
            Measure(operation, engine, database, error, Stopwatch.GetElapsedTime(began));
        }
    }

    private static void Measure(string operation, string engine, string database, string? error, TimeSpan duration)
    {
        if (!Durations.Enabled)
            return;
        var tags = new TagList
        {
            { "db.operation.name", operation },
            { "db.system.name", engine.ToLowerInvariant() },
            { "db.namespace", database },
        };
        if (error is not null)
            tags.Add("error.type", error);
        Durations.Record(duration.TotalSeconds, tags);
    }
}
