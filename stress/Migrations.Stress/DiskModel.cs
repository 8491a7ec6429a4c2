namespace Migrations.Stress;

/// <summary>
/// Files on a disk that may lose its power: what was waited for is there for certain, and of what was only written any part may be. Names
/// are as uncertain as bytes: a file that is new may be gone unless its folder was waited for, and one that was deleted or renamed may be
/// back.
/// </summary>
internal sealed class DiskModel
{
    // What a disk writes wholly or not at all.
    private const int Sector = 512;

    private readonly Dictionary<string, ModelFile> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelFile> _namesOnDisk = new(StringComparer.Ordinal);
    private readonly List<NameChange> _namesPending = [];

    /// <summary>A file that is on the disk from the beginning.</summary>
    public void Add(string path, byte[] bytes) => _names[path] = _namesOnDisk[path] = new ModelFile((byte[])bytes.Clone());

    /// <summary>Does what a process did.</summary>
    public void Apply(DiskEvent happened)
    {
        switch (happened)
        {
            case DiskEvent.Create create when !_names.ContainsKey(create.Path):
                Change(new NameChange(Gone: null, create.Path, new ModelFile([])));
                break;
            case DiskEvent.Delete delete when _names.ContainsKey(delete.Path):
                Change(new NameChange(delete.Path, New: null, File: null));
                break;
            case DiskEvent.Rename rename when _names.TryGetValue(rename.From, out var file):
                Change(new NameChange(rename.From, rename.To, file));
                break;
            case DiskEvent.Write write:
                _names[write.Path].Pending.Add(write);
                break;
            case DiskEvent.Truncate truncate:
                _names[truncate.Path].Pending.Add(truncate);
                break;
            case DiskEvent.Flush flush when _names.TryGetValue(flush.Path, out var file):
                file.Flush();
                break;
            case DiskEvent.Flush flush:
                FlushNames(flush.Path);
                break;
        }
    }

    /// <summary>Waits for everything.</summary>
    public void FlushAll()
    {
        foreach (var file in _names.Values)
            file.Flush();
        _namesPending.ForEach(change => change.ApplyTo(_namesOnDisk));
        _namesPending.Clear();
    }

    /// <summary>The files as they may be when the power comes back.</summary>
    public IReadOnlyDictionary<string, byte[]> Cut(Random random)
    {
        var names = new Dictionary<string, ModelFile>(_namesOnDisk, StringComparer.Ordinal);
        // File systems keep changes of names in their order, so some of the first have happened.
        foreach (var change in _namesPending.Take(random.Next(_namesPending.Count + 1)))
            change.ApplyTo(names);
        // Nothing, everything, and all between.
        var share = random.Next(4) switch
        {
            0 => 0.0,
            1 => 1.0,
            _ => random.NextDouble(),
        };
        return names.ToDictionary(n => n.Key, n => n.Value.Cut(random, share), StringComparer.Ordinal);
    }

    private void Change(NameChange change)
    {
        change.ApplyTo(_names);
        _namesPending.Add(change);
    }

    private void FlushNames(string folder)
    {
        var count = _namesPending.FindLastIndex(change => change.IsIn(folder)) + 1;
        _namesPending.Take(count).ToList().ForEach(change => change.ApplyTo(_namesOnDisk));
        _namesPending.RemoveRange(0, count);
    }

    private sealed record NameChange(string? Gone, string? New, ModelFile? File)
    {
        public bool IsIn(string folder) => Path.GetDirectoryName(Gone) == folder || Path.GetDirectoryName(New) == folder;

        public void ApplyTo(Dictionary<string, ModelFile> names)
        {
            if (Gone is not null)
                names.Remove(Gone);
            if (New is not null)
                names[New] = File!;
        }
    }

    private sealed class ModelFile(byte[] bytes)
    {
        private byte[] _bytes = bytes;

        public List<DiskEvent> Pending { get; } = [];

        public void Flush()
        {
            Pending.ForEach(change => Put(ref _bytes, change, () => true));
            Pending.Clear();
        }

        public byte[] Cut(Random random, double share)
        {
            var left = (byte[])_bytes.Clone();
            foreach (var change in Pending)
                Put(ref left, change, () => random.NextDouble() < share);
            return left;
        }

        private static void Put(ref byte[] bytes, DiskEvent change, Func<bool> reachesDisk)
        {
            if (change is DiskEvent.Truncate truncate && reachesDisk())
                Array.Resize(ref bytes, truncate.Length);
            if (change is not DiskEvent.Write write)
                return;
            var at = 0;
            while (at < write.Bytes.Length)
            {
                var length = Math.Min(write.Bytes.Length - at, Sector - ((write.Offset + at) % Sector));
                if (reachesDisk())
                {
                    if (bytes.Length < write.Offset + at + length)
                        Array.Resize(ref bytes, write.Offset + at + length);
                    write.Bytes.AsSpan(at, length).CopyTo(bytes.AsSpan(write.Offset + at));
                }

                at += length;
            }
        }
    }
}
