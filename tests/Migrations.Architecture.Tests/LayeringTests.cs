using System.Reflection;
using System.Xml.Linq;

namespace Migrations.Architecture.Tests;

/// <summary>What may depend on what.</summary>
public sealed class LayeringTests
{
    private static readonly Assembly Core = typeof(Migrator).Assembly;
    private static readonly Assembly Sqlite = typeof(Migrations.Sqlite.SqliteDriver).Assembly;
    private static readonly Assembly PostgreSql = typeof(Migrations.PostgreSql.PostgreSqlDriver).Assembly;

    /// <summary>The arrows between the projects of src; nothing points back. A project that is not listed must be added here on
    /// purpose.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Migrations.Core"] = [],
        ["Migrations.Sqlite"] = ["Migrations.Core"],
        ["Migrations.PostgreSql"] = ["Migrations.Core"],
        ["Migrations.Loader"] = ["Migrations.Core"],
        ["Migrations.Drivers"] = ["Migrations.Sqlite", "Migrations.PostgreSql"],
        ["Migrations.Extensions.Hosting"] = ["Migrations.Drivers"],
        ["Migrations.Cli"] = ["Migrations.Drivers"],
        ["Migrations.PowerShell"] = ["Migrations.Drivers", "Migrations.Loader"],
    };

    private static IEnumerable<string> Projects =>
        Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories);

    [Fact]
    public void Project_references_follow_the_arrows()
    {
        foreach (var project in Projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Arrows.TryGetValue(name, out var allowed), $"{name} is not in the list of projects.");
            var references = Items(project, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/')));
            Assert.All(references, r => Assert.True(allowed.Contains(r, StringComparer.Ordinal), $"{name} must not refer to {r}."));
        }
    }

    [Fact]
    public void Core_references_no_package()
    {
        Assert.Empty(Items(Repository.PathOf("src", "Migrations.Core", "Migrations.Core.csproj"), "PackageReference"));
        using var metadata = new AssemblyMetadata(Core.Location);
        Assert.All(
            metadata.ReferencedAssemblies,
            name => Assert.True(name.StartsWith("System", StringComparison.Ordinal) || name is "netstandard", $"Core refers to {name}.")
        );
    }

    [Fact]
    public void Core_and_drivers_never_touch_the_console()
    {
        foreach (var assembly in new[] { Core, Sqlite, PostgreSql })
        {
            using var metadata = new AssemblyMetadata(assembly.Location);
            Assert.DoesNotContain("System.Console", metadata.ReferencedTypes);
            Assert.DoesNotContain("System.Console", metadata.ReferencedAssemblies);
        }
    }

    [Fact]
    public void Core_and_drivers_know_no_powershell_and_no_command_line()
    {
        foreach (var assembly in new[] { Core, Sqlite, PostgreSql })
        {
            using var metadata = new AssemblyMetadata(assembly.Location);
            Assert.DoesNotContain(metadata.ReferencedAssemblies, name => name is "System.Management.Automation" or "System.CommandLine");
        }
    }

    [Fact]
    public void No_database_library_shows_in_a_public_signature()
    {
        foreach (var assembly in new[] { Core, Sqlite, PostgreSql })
        {
            var shown = assembly
                .GetExportedTypes()
                .SelectMany(TypesIn)
                .Select(t => t.Assembly.GetName().Name!)
                .Distinct(StringComparer.Ordinal);
            Assert.DoesNotContain(
                shown,
                name =>
                    name.StartsWith("Npgsql", StringComparison.Ordinal)
                    || name.StartsWith("Microsoft.Data.Sqlite", StringComparison.Ordinal)
                    || name.StartsWith("SQLitePCL", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void A_contract_has_at_most_eight_members()
    {
        foreach (var contract in Core.GetExportedTypes().Where(t => t.IsInterface))
        {
            // A property is one member, not two methods.
            var members = contract.GetMembers().Count(m => m is PropertyInfo or EventInfo || m is MethodInfo { IsSpecialName: false });
            Assert.True(members <= 8, $"{contract.Name} has {members} members.");
        }
    }

    [Fact]
    public void No_engine_is_told_apart_above_its_driver()
    {
        var core = SourceFile
            .All("src", "Migrations.Core")
            .Where(f =>
                f.CodeLines.Any(l =>
                    l.Contains("\"PostgreSQL\"", StringComparison.Ordinal) || l.Contains("\"SQLite\"", StringComparison.Ordinal)
                )
            );
        Assert.Empty(core.Select(f => f.Name));
    }

    private static IEnumerable<string> Items(string project, string item) =>
        XDocument.Load(project).Descendants(item).Select(e => e.Attribute("Include")!.Value);

    private static IEnumerable<Type> TypesIn(Type type)
    {
        const BindingFlags Shown =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var methods = type.GetMembers(Shown).OfType<MethodBase>().Where(m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly).ToList();
        var fields = type.GetFields(Shown).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly).Select(f => f.FieldType);
        var used = methods
            .SelectMany(m => m.GetParameters().Select(p => p.ParameterType))
            .Concat(methods.OfType<MethodInfo>().Select(m => m.ReturnType))
            .Concat(fields)
            .Concat(type.GetInterfaces())
            .Append(type.BaseType ?? typeof(object));
        return used.SelectMany(Parts);
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
        : [type];
}
