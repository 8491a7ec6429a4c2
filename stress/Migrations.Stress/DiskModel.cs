namespace Migrations.Stress;

/// <summary>
/// A folder on a disk that may lose its power: what was waited for is there for certain, and of what was only written any part may be. Names are as uncertain as
/// bytes: a file that is new may be gone unless its folder was waited for, and one that was deleted may be back.
/// </summary>
internal sealed class DiskModel
{
    // What a disk writes wholly or not at all.
    private const int Sector = 512;

    private readonly Dictionary<string, ModelFile> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelFile> _namesOnDisk = new(StringComparer.Ordinal);
    private readonly List<(string Name, ModelFile? File)> _namesPending = [];

    /// <summary>A file that is on the disk from the beginning.</summary>
    public void Add(string name, byte[] bytes) => _names[name] = _namesOnDisk[name] = new ModelFile((byte[])bytes.Clone());

    /// <summary>Does what a process did.</summary>
    public void Apply(DiskEvent happened)
    {
        switch (happened)
        {
            case DiskEvent.Create create when !_names.ContainsKey(create.Name):
                _namesPending.Add((create.Name, _names[create.Name] = new ModelFile([])));
                break;
            case DiskEvent.Delete delete when _names.Remove(delete.Name):
                _namesPending.Add((delete.Name, null));
                break;
            case DiskEvent.Write write:
                _names[write.Name].Pending.Add(write);
                break;
            case DiskEvent.Truncate truncate:
                _names[truncate.Name].Pending.Add(truncate);
                break;
            case DiskEvent.Flush { Name: "" }:
                _namesPending.ForEach(change => Rename(_namesOnDisk, change));
                _namesPending.Clear();
                break;
            case DiskEvent.Flush flush:
                _names[flush.Name].Flush();
                break;
        }
    }

    /// <summary>The files as they may be when the power comes back.</summary>
    public IReadOnlyDictionary<string, byte[]> Cut(Random random)
    {
        var names = new Dictionary<string, ModelFile>(_namesOnDisk, StringComparer.Ordinal);
        // File systems keep changes of names in their order, so some of the first have happened.
        foreach (var change in _namesPending.Take(random.Next(_namesPending.Count + 1)))
            Rename(names, change);
        // Nothing, everything, and all between.
        var share = random.Next(4) switch { 0 => 0.0, 1 => 1.0, _ => random.NextDouble() };
        return names.ToDictionary(n => n.Key, n => n.Value.Cut(random, share), StringComparer.Ordinal);
    }

    private static void Rename(Dictionary<string, ModelFile> names, (string Name, ModelFile? File) change)
    {
        if (change.File is { } file)
            names[change.Name] = file;
        else
            names.Remove(change.Name);
    }

    private sealed class ModelFile(byte[] bytes)
    {
        private byte[] _bytes = bytes;

        public List<DiskEvent> Pending { get; } = [];

        public void Flush()
        {
            Pending.ForEach(change => Put(ref _bytes, change, _ => true));
            Pending.Clear();
        }

        public byte[] Cut(Random random, double share)
        {
            var left = (byte[])_bytes.Clone();
            foreach (var change in Pending)
                Put(ref left, change, _ => random.NextDouble() < share);
            return left;
        }

        private static void Put(ref byte[] bytes, DiskEvent change, Func<int, bool> reachesDisk)
        {
            if (change is DiskEvent.Truncate truncate && reachesDisk(0))
                Array.Resize(ref bytes, truncate.Length);
            if (change is not DiskEvent.Write write)
                return;
            for (var at = 0; at < write.Bytes.Length;)
            {
                var length = Math.Min(write.Bytes.Length - at, Sector - ((write.Offset + at) % Sector));
                if (reachesDisk(at))
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
