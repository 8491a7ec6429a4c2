using Migrations.Databases;

namespace Migrations.Running;

/// <summary>
/// Keeps the rows of a script until it is committed: what is rolled back was never there for anyone to see. Many rows are kept in a file
/// that only this user can read and that goes with the process.
/// </summary>
internal sealed class RowSpool : IRowSink, IDisposable
{
    // Rows of some megabytes fit into memory easily; beyond, it does not grow with them.
    private const int MostInMemory = 4 * 1024 * 1024;

    private readonly List<object> _items = [];
    private RowFile? _file;
    private int _size;

    /// <summary>Whether they did not fit into memory.</summary>
    public bool IsInFile => _file is not null;

    public void Restart()
    {
        _items.Clear();
        _size = 0;
        _file?.Dispose();
        _file = null;
    }

    public void Begin(IReadOnlyList<RowColumn> columns) => Keep(columns, columns.Count * 32);

    public void Add(IReadOnlyList<object?> values) => Keep(values.ToArray(), values.Sum(SizeOf));

    /// <summary>Hands them on, in their order.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: the file cannot be read.</exception>
    public void CopyTo(IRowSink sink, CancellationToken cancellationToken)
    {
        foreach (var item in _file is null ? _items : _file.Read().Concat(_items))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (item is IReadOnlyList<RowColumn> columns)
                sink.Begin(columns);
            else
                sink.Add((object?[])item);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Keep(object item, int size)
    {
        _items.Add(item);
        _size += size;
        if (_size < MostInMemory)
            return;
        _file ??= new RowFile();
        _file.Append(_items);
        _items.Clear();
        _size = 0;
    }

    private static int SizeOf(object? value) =>
        24
        + value switch
        {
            string text => 2 * text.Length,
            byte[] bytes => bytes.Length,
            _ => 8,
        };
}
