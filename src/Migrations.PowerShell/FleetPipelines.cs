using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Migrations.PowerShell;

/// <summary>
/// Runs a cmdlet on several databases at once, each in a pipeline of its own, as <c>ForEach-Object -Parallel</c> does: a cmdlet belongs to
/// one pipeline.
/// </summary>
internal sealed class FleetPipelines : IDisposable
{
    // What names the databases, is about all of them together, or is the business of the pipeline that waits.
    private static readonly HashSet<string> Kept = new(StringComparer.OrdinalIgnoreCase)
    {
        nameof(DatabaseCommand.Database),
        nameof(DatabaseCommand.DatabaseFile),
        nameof(DatabaseCommand.InputObject),
        nameof(FleetCommand.ThrottleLimit),
        nameof(FleetCommand.ThrottlePerServer),
        nameof(FleetCommand.Canary),
        nameof(FleetCommand.StopAfter),
        nameof(FleetCommand.Shard),
        nameof(FleetCommand.ResultPath),
        nameof(ConfiguredCommand.LogFormat),
        "ReportPath",
        "Quiet",
        "ErrorAction",
        "ErrorVariable",
        "WarningAction",
        "WarningVariable",
        "InformationAction",
        "InformationVariable",
        "OutVariable",
        "OutBuffer",
        "PipelineVariable",
        "ProgressAction",
    };

    private static readonly string[] Preferences = ["VerbosePreference", "DebugPreference", "ConfirmPreference"];

    private readonly string _command;
    private readonly string _location;
    private readonly Dictionary<string, object> _parameters;
    private readonly InitialSessionState _state = InitialSessionState.CreateDefault2();
    private readonly ConcurrentBag<Runspace> _idle = [];

    /// <summary>Makes ready to run a cmdlet.</summary>
    /// <param name="cmdlet">The cmdlet, whose parameters and preferences hold for all.</param>
    public FleetPipelines(PSCmdlet cmdlet)
    {
        _command = cmdlet.MyInvocation.MyCommand.Name;
        _location = cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        _parameters = cmdlet
            .MyInvocation.BoundParameters.Where(p => !Kept.Contains(p.Key))
            .ToDictionary(p => p.Key, p => p.Value, StringComparer.OrdinalIgnoreCase);
        _state.Commands.Add(new SessionStateCmdletEntry(_command, cmdlet.GetType(), helpFileName: null));
        foreach (var name in Preferences)
            Set(name, cmdlet.SessionState.PSVariable.GetValue(name));
        // The pipeline that waits decides what becomes of errors and warnings.
        Set("ErrorActionPreference", ActionPreference.Continue);
        Set("WarningPreference", ActionPreference.Continue);
        Set("ProgressPreference", ActionPreference.SilentlyContinue);

        void Set(string name, object value) => _state.Variables.Add(new SessionStateVariableEntry(name, value, ""));
    }

    /// <summary>Runs the cmdlet on one database.</summary>
    /// <param name="item">The database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What it wrote.</returns>
    public async Task<FleetPage> RunAsync(FleetItem item, CancellationToken cancellationToken)
    {
        var page = new FleetPage();
        var runspace = _idle.TryTake(out var idle) ? idle : Open();
        try
        {
            await RunAsync(runspace, item, page, cancellationToken).ConfigureAwait(false);
        }
        catch (PipelineStoppedException)
        {
            // What it wrote before stays on the page.
        }
        catch (RuntimeException e)
        {
            page.Fail(e.ErrorRecord);
        }
        finally
        {
            _idle.Add(runspace);
        }

        return page;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var runspace in _idle)
            runspace.Dispose();
    }

    private Runspace Open()
    {
        var runspace = RunspaceFactory.CreateRunspace(_state);
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_location));
        return runspace;
    }

    private async Task RunAsync(Runspace runspace, FleetItem item, FleetPage page, CancellationToken cancellationToken)
    {
        using var pipeline = System.Management.Automation.PowerShell.Create();
        pipeline.Runspace = runspace;
        pipeline.AddCommand(_command).AddParameters(_parameters).AddParameter(nameof(DatabaseCommand.InputObject), item);
        using var output = new PSDataCollection<PSObject>();
        page.Read(output, pipeline.Streams);
        await using var stop = cancellationToken.Register(() => pipeline.BeginStop(null, null)).ConfigureAwait(false);
        var running = pipeline.BeginInvoke<object, PSObject>(null, output);
        await Task.Factory.FromAsync(running, pipeline.EndInvoke).ConfigureAwait(false);
        page.IsDone = !pipeline.HadErrors;
    }
}
