using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Migrations.PostgreSql;
using Npgsql;

namespace Migrations.Architecture.Tests;

/// <summary>The PostgreSQL driver is compiled against the oldest Npgsql that it supports, and shipped with a newer one.</summary>
public sealed class NpgsqlTests
{
    [Fact]
    public void All_that_the_driver_uses_is_in_the_version_that_is_shipped()
    {
        var driver = typeof(PostgreSqlDriver).Module;
        var used = UsedMembers(driver.FullyQualifiedName).ToList();
        var missing = used.Where(token => !CanResolve(driver, token)).ToList();

        Assert.Equal(new Version(10, 0, 3, 0), typeof(NpgsqlConnection).Assembly.GetName().Version);
        Assert.NotEmpty(used);
        Assert.Empty(missing);
    }

    private static IEnumerable<int> UsedMembers(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.MemberReferences)
        {
            if (metadata.GetMemberReference(handle).Parent is not { Kind: HandleKind.TypeReference } parent)
                continue;
            var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
            if (metadata.GetString(type.Namespace).StartsWith("Npgsql", StringComparison.Ordinal))
                yield return metadata.GetToken(handle);
        }
    }

    private static bool CanResolve(System.Reflection.Module module, int token)
    {
        try
        {
            return module.ResolveMember(token) is not null;
        }
        catch (MissingMemberException)
        {
            return false;
        }
    }
}
