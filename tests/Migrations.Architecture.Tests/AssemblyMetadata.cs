using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Migrations.Architecture.Tests;

/// <summary>What a built assembly refers to, read without loading it.</summary>
internal sealed class AssemblyMetadata : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _reader;

    public AssemblyMetadata(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _reader = _file.GetMetadataReader();
    }

    public IEnumerable<string> ReferencedAssemblies =>
        _reader.AssemblyReferences.Select(h => _reader.GetString(_reader.GetAssemblyReference(h).Name));

    public IEnumerable<string> ReferencedTypes =>
        _reader
            .TypeReferences.Select(h => _reader.GetTypeReference(h))
            .Select(t => $"{_reader.GetString(t.Namespace)}.{_reader.GetString(t.Name)}");

    public void Dispose() => _file.Dispose();
}
