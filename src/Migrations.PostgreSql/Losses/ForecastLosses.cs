using System.Globalization;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>What a script would lose, as far as it was followed.</summary>
/// <param name="counter">Counts it.</param>
/// <param name="names">What is no longer where it was.</param>
internal sealed class ForecastLosses(ForecastCounter counter, ForecastNames names)
{
    private readonly List<(Dependant Item, DataLoss Loss)> _losses = [];
    private readonly List<string> _notForeseen = [];
    private readonly HashSet<(uint Table, int Column)> _gone = [];

    /// <summary>The losses in the order of the script.</summary>
    public IReadOnlyList<DataLoss> All => [.. _losses.Select(l => l.Loss)];

    /// <summary>Whether another database is taken away from.</summary>
    public bool ReachesOthers { get; set; }

    /// <summary>What could not be foreseen, with its line.</summary>
    public IReadOnlyList<string> Unforeseen => _notForeseen;

    /// <summary>The losses of whole tables, or of all their rows.</summary>
    public IReadOnlyList<(Dependant Item, DataLoss Loss)> OfTables =>
        [.. _losses.Where(l => l.Item.Column is null && l.Loss.Kind is DataLossKind.Table or DataLossKind.Rows)];

    /// <summary>A loss that was counted already.</summary>
    public void Add(Dependant item, DataLoss loss) => _losses.Add((item, loss));

    /// <summary>What looked like a loss is not one.</summary>
    public void Remove(Dependant item, DataLoss loss) => _losses.Remove((item, loss));

    /// <summary>Whether a loss of tables is known that lie on a way.</summary>
    public bool Covers(IReadOnlyList<ActingKey> way) =>
        _losses.Exists(l =>
            l.Item.Column is null
            && l.Loss.Kind is DataLossKind.Rows or DataLossKind.Table
            && way.Any(k => string.Equals(l.Item.Name, k.Child, StringComparison.Ordinal))
        );

    /// <summary>A column goes.</summary>
    /// <returns>Whether it was there until now.</returns>
    public bool TryGo(Dependant column) => _gone.Add((column.Table, column.Number));

    /// <summary>Objects go with what is dropped.</summary>
    public async Task LoseAsync(IReadOnlyList<Dependant> found, int line, CancellationToken cancellationToken)
    {
        foreach (var item in found)
        {
            var isNew = item.Column is null
                ? _gone.Add((item.Table, 0))
                : !_gone.Contains((item.Table, 0)) && _gone.Add((item.Table, item.Number));
            // A renamed table is "away" under its old name and goes under its new one; one that was dropped before cannot go twice.
            if (isNew && !item.IsInside)
                await AddAsync(item.Column is null ? DataLossKind.Table : DataLossKind.Column, item, line, cancellationToken)
                    .ConfigureAwait(false);
            if (item.Column is null)
                names.Drop(item.Table);
        }
    }

    /// <summary>A loss that is to be counted.</summary>
    public async Task AddAsync(DataLossKind kind, Dependant item, int line, CancellationToken cancellationToken)
    {
        var (rows, isEstimate) = await counter.CountAsync(item, cancellationToken).ConfigureAwait(false);
        _losses.Add(
            (
                item,
                new DataLoss(kind, item.Column is null ? item.Name : $"{item.Name}.{item.Column}", rows, isEstimate, line)
                {
                    IsHidden = counter.IsHidden,
                }
            )
        );
    }

    /// <summary>Something could not be foreseen.</summary>
    public void NotForeseen(int line, string what) => _notForeseen.Add(string.Create(CultureInfo.InvariantCulture, $"line {line} {what}"));
}
