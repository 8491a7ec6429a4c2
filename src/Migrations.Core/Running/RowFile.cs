using Migrations.Databases;

namespace Migrations.Running;

/// <summary>Rows in a file of their own, which is removed when it is closed.</summary>
internal sealed class RowFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly BinaryWriter _writer;
    private long _length;

    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: there is no room for one.</exception>
    public RowFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 64 * 1024,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _stream = Guard(() => new FileStream(Path.Combine(Path.GetTempPath(), $"migrations-rows-{Guid.NewGuid():N}"), options));
        _writer = new BinaryWriter(_stream);
    }

    /// <summary>Writes rows, and the columns between them, behind those that are there.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/></exception>
    public void Append(IEnumerable<object> items) =>
        _length = Guard(() =>
        {
            _stream.Position = _length;
            foreach (var item in items)
                Write(item);
            _writer.Flush();
            return _stream.Position;
        });

    /// <summary>Reads them all.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/></exception>
    public IEnumerable<object> Read()
    {
        _stream.Position = 0;
        var reader = new BinaryReader(_stream);
        while (_stream.Position < _length)
            yield return Guard(() => ReadItem(reader));
    }

    public void Dispose() => _writer.Dispose();

    private void Write(object item)
    {
        if (item is IReadOnlyList<RowColumn> columns)
        {
            _writer.Write(true);
            _writer.Write(columns.Count);
            foreach (var column in columns)
            {
                _writer.Write(column.Name);
                RowValue.Write(_writer, column.Type);
            }

            return;
        }

        var values = (object?[])item;
        _writer.Write(false);
        _writer.Write(values.Length);
        foreach (var value in values)
            RowValue.Write(_writer, value);
    }

    private static object ReadItem(BinaryReader reader)
    {
        var isColumns = reader.ReadBoolean();
        var count = reader.ReadInt32();
        if (!isColumns)
            return Enumerable.Range(0, count).Select(_ => RowValue.Read(reader)).ToArray();
        return Enumerable.Range(0, count).Select(_ => new RowColumn(reader.ReadString(), (string?)RowValue.Read(reader))).ToList();
    }

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The rows of the script could not be kept until its commit, in '{Path.GetTempPath()}': {e.Message}",
                "Free space there, set TMPDIR (TMP on Windows) to another folder, or select fewer rows.",
                e
            );
        }
    }
}
