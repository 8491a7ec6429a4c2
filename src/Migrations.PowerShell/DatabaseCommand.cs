using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.History;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.PowerShell;

/// <summary>What all cmdlets share that work on databases, one after another or as a fleet, named by texts or brought by objects.</summary>
public abstract class DatabaseCommand : ConnectionCommand
{
    private readonly List<IHasTarget> _objects = [];
    private readonly List<SelectedDatabase> _selected = [];
    private string[]? _givenService;

    /// <summary>
    /// Objects that other cmdlets wrote: statuses, results, checks, rows of the history, backups. They bring their database with its
    /// credential, and those of migrations also their folder and service; however many come of one database, it is worked on once. Of
    /// migrations, Invoke-Migration, Undo-Migration and Get-MigrationHistory take just those that come.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [LiveObjectTransformation]
    public IHasTarget? InputObject { get; set; }

    /// <summary>The services that the call is about; none without services.</summary>
    private protected IReadOnlyList<string> ServicesOfCall { get; private set; } = [];

    /// <summary>Their histories.</summary>
    private protected IReadOnlyList<HistoryName> HistoriesOfCall { get; private set; } = [];

    /// <summary>Whether the cmdlet changes databases, so that an environment may require confirmation.</summary>
    private protected virtual bool Changes => false;

    /// <summary>Whether the cmdlet takes changes back, so that services have their turn in reverse.</summary>
    private protected virtual bool Undoes => false;

    /// <summary>Whether the caller has said not to be asked.</summary>
    private protected virtual bool IsForced => false;

    /// <summary>The migration folder as it was given; null when it was not.</summary>
    private protected virtual string? GivenFolder => null;

    /// <summary>
    /// The names of the migrations that the pipeline chose of the database that is worked on; null when it chose none, and all are meant.
    /// </summary>
    private protected IReadOnlyList<string>? Chosen { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _givenService = Service;
    }

    /// <summary>Whether it works on one database of a fleet, and another pipeline judges them all.</summary>
    private protected bool IsPart => InputObject is FleetItem;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is FleetItem one)
            WorkOn(one);
        else if (InputObject is { } item)
            Take(item);
        else
            ProcessTexts();
    }

    /// <summary>Works on the databases that are named by texts.</summary>
    private protected void ProcessTexts()
    {
        IReadOnlyList<SelectedDatabase> selected = [];
        Guard(MyInvocation.ExpectingInput, () => null, () => selected = Select());
        ServicesOfCall = [.. selected.Select(s => s.Service).OfType<string>()];
        HistoriesOfCall = [.. selected.Where(s => s.Service is not null).Select(s => HistoryIn(s.Settings))];
        if (IsFleet)
        {
            _selected.AddRange(selected);
            return;
        }

        if (selected.Count == 0 || !MayChange(selected))
            return;
        var isOneOfSeveral = MyInvocation.ExpectingInput || selected.Count > 1;
        var turns = new ServiceTurns(selected, Undoes);
        var isForeseen = selected.Count == 1;
        if (!isForeseen)
            Guard(
                isOneOfSeveral: false,
                () => null,
                () =>
                {
                    foreach (var database in turns.InOrder)
                        Traced(database, () => Foresee(database));
                    isForeseen = true;
                }
            );
        if (!isForeseen)
            return;
        foreach (var database in turns.InOrder)
        {
            var isDone = false;
            string? shown = null;
            Guard(
                isOneOfSeveral,
                () => shown,
                () =>
                    Traced(
                        database,
                        () =>
                        {
                            Go(database);
                            if (Changes)
                                turns.Demand(database);
                            var resolved = Resolve(database);
                            shown = resolved.Target.Display;
                            Process(resolved);
                            isDone = true;
                        }
                    )
            );
            if (!isDone)
                turns.Fail(database);
        }

        if (Changes && turns.Summary() is { } summary)
            this.Report(() => WriteVerbose(summary));
    }

    /// <summary>Works, and notes in an error the place of the configuration that it is about.</summary>
    private static void Traced(SelectedDatabase database, Action work)
    {
        try
        {
            work();
        }
        catch (MigrationException e)
        {
            database.Trace(e);
            throw;
        }
    }

    /// <summary>Looks at one of several databases before the work on the first one begins.</summary>
    private protected virtual void Foresee(SelectedDatabase database) { }

    private IReadOnlyList<SelectedDatabase> Select()
    {
        var selector = new DatabaseSelector(Configured, Choice(GivenDatabases(), GivenFolder));
        if (selector.Remark is { } remark)
            this.Report(() => WriteVerbose(remark));
        var selected = selector.Databases();
        return selected.Count > 0 ? selected : throw NotNamed();
    }

    /// <summary>Asks by the name of the environment, where it requires confirmation.</summary>
    private bool MayChange(IReadOnlyList<SelectedDatabase> selected, DatabaseTarget? known = null)
    {
        if (!Changes || IsForced || this.IsWhatIf() || this.IsConfirmOff() || !selected.Any(s => s.Confirm))
            return true;
        var isAnswered = false;
        Guard(
            isOneOfSeveral: false,
            () => null,
            () =>
            {
                var names = selected.Select(s => s.Service is null ? Shown(s) : $"{s.Service} ({Shown(s)})");
                var what = $"{MyInvocation.MyCommand.Name} in the environment '{selected[0].Environment}' on {string.Join(", ", names)}";
                isAnswered = this.Ask(
                    () => ShouldContinue($"Run {what}?", $"Environment {selected[0].Environment}"),
                    e => Confirmation.Required($"Running {what} requires confirmation, but no one can be asked.", e)
                );
            }
        );
        return isAnswered;

        string Shown(SelectedDatabase database) => (known ?? Resolve(database).Target).Display;
    }

    /// <summary>
    /// What the configuration says of a database that an object brings: of the environment that the command line names, or the object was
    /// read under.
    /// </summary>
    private SelectedDatabase SelectedFor(string database, string? service, string? brought)
    {
        var choice = Choice([database], GivenFolder);
        if (
            choice.Environment is null
            && (Configured is null || Configured.Environments.Any(e => string.Equals(e.Name, brought, StringComparison.Ordinal)))
        )
            choice = choice with { Environment = brought };
        var selector = new DatabaseSelector(Configured, choice);
        var own = service ?? _givenService?.FirstOrDefault(s => s.Length > 0);
        var known = Configured?.Services.FirstOrDefault(s => string.Equals(s.Name, own, StringComparison.Ordinal));
        return new SelectedDatabase
        {
            Database = database,
            BaseFolder = Paths.CurrentFolder,
            Folder = "",
            IsGiven = true,
            Service = own,
            Environment = selector.EnvironmentName,
            Confirm = selector.Environment?.Confirm ?? false,
            Stamp = selector.Stamp,
            Unassigned = selector.UnassignedOf(known),
            Settings = selector.SettingsOf(known),
        };
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // What is of one database belongs together: it is collected first.
        var groups = _objects.GroupBy(o => ((object?)o.Target ?? o.Database, PlaceOf(o))).ToList();
        if (IsFleet)
        {
            RunFleet([.. groups.Select(g => (g.Key.Item2, (IReadOnlyList<IHasTarget>)[.. g]))]);
            return;
        }

        foreach (var group in groups)
            Work(group.Key.Item2, [.. group], isOneOfSeveral: groups.Count > 1);
    }

    private void RunFleet(IReadOnlyList<((string? Folder, string? Service) Place, IReadOnlyList<IHasTarget> Objects)> brought)
    {
        var items = new List<FleetItem>();
        var turns = new ServiceTurns(_selected, Undoes);
        foreach (var selected in turns.InOrder)
        {
            if (!Add(() => new FleetItem(selected, Resolve(selected)) { Services = ServicesOfCall }))
                turns.Fail(selected);
        }

        foreach (var (place, objects) in brought)
            Add(() => ItemOf(place, objects));
        if (items.Count > 0 && MayChange([.. items.Select(i => i.Selected)]) && RunFleet(items, turns) is { } summary && Changes)
            this.Report(() => WriteVerbose(summary));

        bool Add(Func<FleetItem> find)
        {
            var before = items.Count;
            // A list that machines share out, or a result, that leaves out a database would look complete.
            Guard(isOneOfSeveral: Shard is null && ResultPath is null, () => null, () => items.Add(find()));
            return items.Count > before;
        }
    }

    private FleetItem ItemOf((string? Folder, string? Service) place, IReadOnlyList<IHasTarget> objects)
    {
        var database = DatabaseOf(objects[0]);
        var environment = database.Target.Environment ?? objects[0].Target?.Environment;
        return new FleetItem(SelectedFor(objects[0].Database, place.Service, environment), database) { Objects = objects, Place = place };
    }

    private protected sealed override bool WorkOn(FleetItem item)
    {
        var isDone = false;
        Guard(
            isOneOfSeveral: true,
            () => item.Database,
            () =>
                Traced(
                    item.Selected,
                    () =>
                    {
                        ServicesOfCall = item.Services;
                        GoTo(item);
                        Process(item.Resolved);
                        isDone = true;
                    }
                )
        );
        return isDone;
    }

    private void GoTo(FleetItem item)
    {
        if (item.Objects.Count > 0)
        {
            Service = item.Place.Service is null ? _givenService : [item.Place.Service];
            GoTo(item.Place.Folder);
            Chosen = ChosenBy(item.Objects);
        }

        Go(item.Selected);
    }

    /// <summary>Takes an object from the pipeline: by default to work on its database once, at the end.</summary>
    private protected virtual void Take(IHasTarget item) => _objects.Add(item);

    /// <summary>Works on one database.</summary>
    private protected abstract void Process((IDatabaseDriver Driver, DatabaseTarget Target) database);

    /// <summary>What else than the database distinguishes the work on an object, and goes with it: its folder and its service.</summary>
    private protected virtual (string? Folder, string? Service) PlaceOf(IHasTarget item) => default;

    /// <summary>Goes to the folder that objects of the pipeline bring; null for the one that was given.</summary>
    private protected virtual void GoTo(string? folder) { }

    /// <summary>Works on the database that objects of the pipeline are of.</summary>
    private protected void Work((string? Folder, string? Service) place, IReadOnlyList<IHasTarget> items, bool isOneOfSeveral) =>
        Guard(
            isOneOfSeveral,
            () => items[0].Database,
            () =>
            {
                var item = ItemOf(place, items);
                GoTo(item);
                if (MayChange([item.Selected], item.Target))
                    Process(item.Resolved);
            }
        );

    /// <summary>Whether the command line says what statuses bring.</summary>
    private protected virtual bool IsPlaceGiven => IsGiven(nameof(Service)) || IsGiven(nameof(Credential));

    /// <summary>A summary or a backup means all; what is of one migration means that one. A check says nothing of migrations.</summary>
    private List<string>? ChosenBy(IReadOnlyList<IHasTarget> items)
    {
        var names = items.Where(i => i is not CheckResult).Select(NamesOf).ToList();
        return names.Count == 0 || names.Contains(null) ? null : [.. names.SelectMany(n => n!).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The names of the migration that an object is of; null when it is of none.</summary>
    private protected virtual IEnumerable<string>? NamesOf(IHasTarget item) =>
        item switch
        {
            MigrationStatus status => [status.Name],
            MigrationResult result => [result.Name],
            RehearsalResult rehearsal => [rehearsal.Name],
            RepairResult repair => [repair.Name],
            JournalEntry entry => [entry.Name],
            MigrationProfile profile => [profile.Name],
            _ => null,
        };

    private (IDatabaseDriver Driver, DatabaseTarget Target) DatabaseOf(IHasTarget item)
    {
        if (IsGiven(nameof(Database)) || IsGiven(nameof(DatabaseFile)) || (item is MigrationStatus or DatabaseStatus && IsPlaceGiven))
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "Objects from the pipeline already identify their database, and migrations also their folder, service and credential.",
                "Omit -Database, and for migrations also -Path, -LiteralPath, -Service and -Credential."
            );
        }

        if (item.Target is not { } target)
            return Resolve(item.Database.Length > 0 ? item.Database : throw NotNamed());
        var driver = DatabaseDrivers.Of(target);
        return (driver, Credential is null ? target : driver.WithCredential(target, Credential.GetNetworkCredential()));
    }
}
