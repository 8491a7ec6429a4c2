using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Follows what the statements of a script drop, rename, empty and convert.</summary>
/// <param name="connection">The connection, in a transaction.</param>
/// <param name="question">What is asked.</param>
/// <param name="earlier">What the scripts before it change.</param>
/// <param name="state">What the script has done until here.</param>
internal sealed class ObjectForecast(
    PostgreSqlConnection connection,
    LossForecastRequest question,
    EarlierScripts earlier,
    ForecastState state
)
{
    private readonly List<LostObject> _cascaded = [];

    /// <summary>What CASCADE would drop beyond what is named.</summary>
    public IReadOnlyList<LostObject> Cascaded => [.. _cascaded.Distinct()];

    /// <summary>Follows it.</summary>
    public async Task FollowAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        await AddCascadedAsync(what, cancellationToken).ConfigureAwait(false);
        await FollowNamedAsync(what, line, cancellationToken).ConfigureAwait(false);
    }

    private async Task FollowNamedAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        switch (what.Act)
        {
            case LossAct.Unknown:
                state.Losses.NotForeseen(line, $"{what.Name}; what is lost by that cannot be counted");
                break;
            case LossAct.DropDatabase:
                state.Losses.NotForeseen(line, $"drops the database {LossReader.Shown(what.Name)}; what is lost by that cannot be counted");
                state.Losses.ReachesOthers = true;
                break;
            case LossAct.RenameSchema:
                state.Names.Schemas.Rename(SqlNames.Plain(what.Name), SqlNames.Plain(what.Second!));
                state.Carried.RenameSchema(SqlNames.Plain(what.Name), SqlNames.Plain(what.Second!));
                break;
            case LossAct.RenameType:
                state.Names.RenameType(what.Name, what.Kind is "SCHEMA" ? what.Name : what.Second!);
                break;
            case LossAct.CreateView:
                state.Views.Add(SqlNames.PlainLast(what.Name));
                break;
            case LossAct.Attach:
                var part = await state.Names.TableAsync(what.Second!, cancellationToken).ConfigureAwait(false);
                state.Attached.Attach(what.Name, what.Second!, part);
                break;
            case LossAct.Detach:
                state.Attached.Detach(what.Name, what.Second!);
                break;
            case LossAct.Create:
                state.Names.Make(what.Name);
                state.Carried.Make(what.Name, what.Kind is "TEMPORARY");
                break;
            case LossAct.Drop:
                await DropAsync(what, line, cancellationToken).ConfigureAwait(false);
                break;
            case LossAct.Empty when state.Views.Contains(SqlNames.PlainLast(what.Name)):
                state.Losses.NotForeseen(
                    line,
                    $"deletes rows through {LossReader.Shown(what.Name)}, a view that is made before; how many cannot be counted"
                );
                break;
            default:
                AskAboutParts(what, line);
                if (what.Act == LossAct.Empty)
                    await FollowPartsAsync(what, line, cancellationToken).ConfigureAwait(false);
                if (await state.Names.TableAsync(what.Name, cancellationToken).ConfigureAwait(false) is { } table)
                    await FollowAsync(what, table, line, cancellationToken).ConfigureAwait(false);
                else
                    Missing(what, line);
                break;
        }
    }

    private async Task FollowAsync(LossEvent what, uint table, int line, CancellationToken cancellationToken)
    {
        switch (what.Act)
        {
            case LossAct.Rename:
                var (schema, name) = what.Kind is "SCHEMA" ? (what.Second, (string?)null) : (null, what.Second);
                await state.Names.MoveAsync(table, schema, name, cancellationToken).ConfigureAwait(false);
                break;
            case LossAct.RenameColumn:
                state.Names.RenameColumn(table, what.Kind, what.Second!);
                break;
            case LossAct.Convert:
                await ConvertAsync(table, what.Second!, line, cancellationToken).ConfigureAwait(false);
                break;
            case LossAct.DropColumn:
                await state
                    .Losses.LoseAsync(
                        await Dependants
                            .OfColumnAsync(connection, table, state.Names.Column(table, what.Second!), what.Cascades, cancellationToken)
                            .ConfigureAwait(false),
                        line,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                break;
            default:
                await EmptyAsync(table, what.Cascades, line, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task EmptyAsync(uint table, bool cascades, int line, CancellationToken cancellationToken)
    {
        foreach (var emptied in await Dependants.EmptiedWithAsync(connection, table, cascades, cancellationToken).ConfigureAwait(false))
        {
            if (!state.Names.IsDropped(emptied.Table))
                await state.Losses.AddAsync(DataLossKind.Rows, emptied, line, cancellationToken).ConfigureAwait(false);
            state.Carried.Empty(emptied.Table);
        }
    }

    /// <summary>What the script has made a part of a table goes with it.</summary>
    private async Task FollowPartsAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        foreach (var part in state.Attached.Of(what.Name).Where(p => !state.Names.IsDropped(p)))
        {
            if (what.Act == LossAct.Empty)
                await EmptyAsync(part, what.Cascades, line, cancellationToken).ConfigureAwait(false);
            else
                await state
                    .Losses.LoseAsync(
                        await Dependants.OfRelationAsync(connection, part, what.Cascades, cancellationToken).ConfigureAwait(false),
                        line,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
        }
    }

    private void AskAboutParts(LossEvent what, int line)
    {
        if (what.Act is LossAct.Drop or LossAct.Empty && earlier.Make(question.Before, PlanNames.Inside(what.Name)))
            state.Losses.NotForeseen(
                line,
                $"takes along what an earlier script puts into {LossReader.Shown(what.Name)}, which cannot be counted"
            );
    }

    /// <summary>The values of a column that gets another type stay, more or less: that is reported for an undo, like an UPDATE.</summary>
    private async Task ConvertAsync(uint table, string column, int line, CancellationToken cancellationToken)
    {
        if (question.Direction == MigrationDirection.Up)
            return;
        var name = state.Names.Column(table, column);
        var found = await Dependants.OfColumnAsync(connection, table, name, cascades: false, cancellationToken).ConfigureAwait(false);
        if (
            found.FirstOrDefault(f =>
                f.Table == table && f.Column is { } c && string.Equals(SqlNames.Plain(c), SqlNames.Plain(name), StringComparison.Ordinal)
            ) is
            { } item
        )
            await state.Losses.AddAsync(DataLossKind.Overwritten, item, line, cancellationToken).ConfigureAwait(false);
    }

    private async Task DropAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        await state.Names.SaveAsync(cancellationToken).ConfigureAwait(false);
        AskAboutParts(what, line);
        await FollowPartsAsync(what, line, cancellationToken).ConfigureAwait(false);
        var isRelation = what.Kind is "TABLE" or "VIEW";
        var table = isRelation ? await state.Names.TableAsync(what.Name, cancellationToken).ConfigureAwait(false) : null;
        if (isRelation && table is null)
        {
            if (what.Kind is "TABLE")
                Missing(what, line);
            state.Carried.Drop(what.Name);
            return;
        }

        var found = table is { } oid
            ? await Dependants.OfRelationAsync(connection, oid, what.Cascades, cancellationToken).ConfigureAwait(false)
            : await OtherAsync(what, cancellationToken).ConfigureAwait(false);
        await state.Losses.LoseAsync(found, line, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What goes with a schema, a type or an extension: of a schema also what was moved into it, and not what was moved
    /// out.</summary>
    private async Task<IReadOnlyList<Dependant>> OtherAsync(LossEvent what, CancellationToken cancellationToken)
    {
        var plain = SqlNames.Plain(what.Name);
        var schema = state.Names.Schemas.Of(plain);
        var found = new List<Dependant>();
        foreach (var moved in what.Kind is "SCHEMA" ? state.Names.MovedInto(schema) : [])
            found.AddRange(await Dependants.OfRelationAsync(connection, moved, what.Cascades, cancellationToken).ConfigureAwait(false));
        found.AddRange(
            await Dependants
                .OfAsync(
                    connection,
                    what.Kind,
                    NameInDatabase(what),
                    what.Cascades,
                    what.Kind is "SCHEMA" ? state.Names.NotIn(schema) : [],
                    cancellationToken
                )
                .ConfigureAwait(false)
                ?? []
        );
        if (what.Kind is "SCHEMA")
        {
            state.Names.Schemas.Drop(plain);
            state.Carried.DropSchema(plain);
        }

        return found;
    }

    private string NameInDatabase(LossEvent what) =>
        what.Kind switch
        {
            "SCHEMA" => SqlNames.Quote(state.Names.Schemas.Of(SqlNames.Plain(what.Name))),
            "TYPE" or "DOMAIN" => state.Names.Type(what.Name),
            "EXTENSION" => what.Name,
            _ => state.Names.Schemas.InDatabase(what.Name),
        };

    private void Missing(LossEvent what, int line)
    {
        if (what is { Act: LossAct.Rename, Kind: "TABLE" })
        {
            state.Carried.Rename(what.Name, what.Second!);
            if (state.Names.IsMade(what.Name))
                state.Names.Make(what.Second!);
        }
        else if (what is { Act: LossAct.Rename })
        {
            state.Carried.Move(what.Name, SqlNames.Plain(what.Second!));
        }

        var mayBeMissing =
            what.MayBeMissing
            && !earlier.Make(question.Before, SqlNames.PlainLast(what.Name))
            && !(SqlNames.PlainSchema(what.Name) is { } schema && earlier.Make(question.Before, PlanNames.Inside(SqlNames.Quote(schema))));
        if (!mayBeMissing && what.Act is LossAct.Drop or LossAct.DropColumn or LossAct.Empty && !state.Names.IsMade(what.Name))
            state.Losses.NotForeseen(
                line,
                $"names {LossReader.Shown(what.Name)}, which is not there now; what it will hold cannot be counted"
            );
    }

    private async Task AddCascadedAsync(LossEvent what, CancellationToken cancellationToken)
    {
        if (what is not { Cascades: true, Act: LossAct.Drop or LossAct.DropColumn })
            return;
        await state.Names.SaveAsync(cancellationToken).ConfigureAwait(false);
        var (kind, column) = what.Act == LossAct.Drop ? (what.Kind, null) : ("TABLE", what.Second);
        var name = NameInDatabase(what with { Kind = kind });
        _cascaded.AddRange(await Dependants.CascadedAsync(connection, kind, name, column, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What is carried back into its place is not lost, but for the columns that are left behind.</summary>
    public async Task RestoreCarriedAsync(CancellationToken cancellationToken)
    {
        foreach (var (item, loss) in state.Losses.OfTables)
        {
            if (state.Carried.WaysBack(item.Table, item.Name) is not { Count: > 0 } ways)
                continue;
            state.Losses.Remove(item, loss);
            foreach (var (line, what) in state.Carried.Changes(item.Table, item.Name))
                state.Losses.NotForeseen(line, what);
            if (ways.SelectMany(w => w).FirstOrDefault(c => c.MayLeaveRows) is { } narrow)
                state.Losses.NotForeseen(
                    narrow.Line,
                    $"copies rows of {item.Name}; whether it copies all can only be determined by a rehearsal with data"
                );
            foreach (var column in await Dependants.ColumnsAsync(connection, item, cancellationToken).ConfigureAwait(false))
            {
                var now = state.Names.NameNow(item.Table, SqlNames.Plain(column.Column!));
                if (!ways.Any(w => w.All(c => c.Takes(now))) && state.Losses.TryGo(column))
                    await state.Losses.AddAsync(DataLossKind.Column, column, loss.Line, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
