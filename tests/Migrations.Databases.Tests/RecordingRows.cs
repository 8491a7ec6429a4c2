using System.Globalization;

namespace Migrations.Databases.Tests;

/// <summary>Keeps the rows that a script gives, as text and as they are.</summary>
public sealed class RecordingRows : IRowSink
{
    /// <summary>The columns of each result set, for example <c>id, name</c>.</summary>
    public IList<string> Sets { get; } = new List<string>();

    /// <summary>The rows of all result sets.</summary>
    public IList<IReadOnlyList<object?>> Rows { get; } = new List<IReadOnlyList<object?>>();

    /// <summary>Is called for each row.</summary>
    public Action? OnRow { get; init; }

    public void Restart()
    {
        Sets.Clear();
        Rows.Clear();
    }

    public void Begin(IReadOnlyList<RowColumn> columns) => Sets.Add(string.Join(", ", columns.Select(c => c.Name)));

    public void Add(IReadOnlyList<object?> values)
    {
        Rows.Add([.. values]);
        OnRow?.Invoke();
    }

    /// <summary>The rows with the types of their values, for example <c>Int64 1, null</c>.</summary>
    public IEnumerable<string> Typed => Rows.Select(row => string.Join(", ", row.Select(Text)));

    private static string Text(object? value) =>
        value switch
        {
            null => "null",
            byte[] bytes => "bytes " + Convert.ToHexString(bytes),
            DateTime moment => "DateTime " + moment.ToString("s", CultureInfo.InvariantCulture),
            DateTimeOffset moment => "DateTimeOffset " + moment.ToString("o", CultureInfo.InvariantCulture),
            _ => value.GetType().Name + " " + Convert.ToString(value, CultureInfo.InvariantCulture),
        };
}
