using System.Diagnostics;
using System.Diagnostics.Metrics;
using Migrations.Backup;

namespace Migrations.Databases.Tests.Library;

/// <summary>Spans and figures that an application's telemetry collects.</summary>
public abstract class TelemetryConformance(DatabaseKind kind) : Conformance(kind)
{
    private static readonly AsyncLocal<object?> Caller = new();

    private readonly Lock _gate = new();
    private readonly List<Activity> _spans = [];
    private readonly List<KeyValuePair<string, object?>[]> _figures = [];

    [Fact]
    public async Task A_run_and_its_steps_are_spans_and_a_failure_says_its_error_without_text()
    {
        ThreeTables();
        Migration("004_d", "CREATE TABLE d (id integer);\nSELECT 'a secret' FROM nowhere;\n");
        using (Listen())
            await Assert.ThrowsAsync<StatementException>(() => ApplyAsync());

        var run = Assert.Single(_spans, s => s.DisplayName == "run");
        var steps = _spans.Where(s => s.ParentSpanId == run.SpanId).ToList();
        Assert.Equal(["step 001_a", "step 002_b", "step 003_c", "step 004_d"], steps.Select(s => s.DisplayName));
        Assert.Equal(Kind.Driver.Engine.ToLowerInvariant(), run.GetTagItem("db.system.name"));
        Assert.Equal("up", run.GetTagItem("migrations.direction"));
        Assert.Equal(4, run.GetTagItem("migrations.steps"));
        Assert.Equal(3L, steps[1].GetTagItem("migrations.rows"));
        Assert.Equal(ActivityStatusCode.Unset, steps[2].Status);
        Assert.Equal((ActivityStatusCode.Error, "StatementFailed"), (steps[3].Status, steps[3].StatusDescription));
        Assert.Equal("StatementFailed", run.GetTagItem("error.type"));
        Assert.All(_spans.SelectMany(s => s.TagObjects), t => Assert.DoesNotContain("secret", $"{t.Value}", StringComparison.Ordinal));
        Assert.Equal(5, _figures.Count);
        Assert.Equal(Target().Database, run.GetTagItem("db.namespace"));
        Assert.All(_figures, tags => Assert.Contains(new("db.namespace", Target().Database), tags));
        Assert.Equal(2, _figures.Count(tags => tags.Any(t => t is { Key: "error.type", Value: "StatementFailed" })));
    }

    [Fact]
    public async Task A_backup_its_proof_and_its_restore_are_spans()
    {
        Kind.RequireCopies();
        ThreeTables();
        await ApplyAsync();
        using (Listen())
        {
            var manager = new BackupManager(Kind.Driver, Target());
            var backup = await manager.BackUpAsync(new BackupRequest { Folder = Directory.CreateDirectory(FileOf("kept")).FullName });
            await new BackupVerifier(Kind.Driver).VerifyAsync(backup, Target());
            await manager.RestoreAsync(backup);
        }

        Assert.Equal(["backup", "proof", "restore"], _spans.Select(s => (string)s.GetTagItem("db.operation.name")!).Distinct());
        Assert.Equal(true, _spans.First(s => s.GetTagItem("db.operation.name") is "proof").GetTagItem("migrations.proven"));
    }

    /// <summary>Collects what this test does: others run at the same time, on databases of the same name.</summary>
    private CompositeListener Listen()
    {
        Caller.Value = this;
        var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Migrations",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (_gate)
                    if (Caller.Value == this)
                        _spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(spans);
        var figures = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "migrations.operation.duration")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        figures.SetMeasurementEventCallback<double>(
            (_, _, tags, _) =>
            {
                var all = tags.ToArray();
                lock (_gate)
                    if (Caller.Value == this)
                        _figures.Add(all);
            }
        );
        figures.Start();
        return new CompositeListener(spans, figures);
    }

    private sealed class CompositeListener(params IDisposable[] all) : IDisposable
    {
        public void Dispose()
        {
            foreach (var one in all)
                one.Dispose();
        }
    }
}

public sealed class SqliteTelemetryTests() : TelemetryConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlTelemetryTests() : TelemetryConformance(DatabaseKind.PostgreSql);
