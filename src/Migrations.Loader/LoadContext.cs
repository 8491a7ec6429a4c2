using System.Reflection;
using System.Runtime.Loader;

namespace Migrations.Loader;

/// <summary>
/// Loads the cmdlets, the drivers and their native libraries into a context of the module's own, so that they neither meet nor disturb
/// other versions in the same PowerShell. The engine's own types stay in the default context, where scripts can name them.
/// </summary>
public sealed class LoadContext : AssemblyLoadContext
{
    private static readonly Lazy<Assembly> Cmdlets = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);
    private static readonly string Folder = Path.GetDirectoryName(typeof(LoadContext).Assembly.Location)!;

    private readonly AssemblyDependencyResolver _resolver;

    private LoadContext(string assembly)
        : base("Migrations", isCollectible: false)
    {
        // Reads the assembly's .deps.json, which knows where NuGet's layout keeps the native libraries. PowerShell's own resolver knows
        // neither.
        _resolver = new AssemblyDependencyResolver(assembly);
    }

    /// <summary>The assembly that holds the cmdlets; loaded once in a process.</summary>
    public static Assembly Initialize() => Cmdlets.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is "Migrations.Core" or "Migrations.Loader")
            return Default.LoadFromAssemblyPath(Path.Combine(Folder, assemblyName.Name + ".dll"));
        var path = _resolver.ResolveAssemblyToPath(assemblyName);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        var path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    private static Assembly Load()
    {
        var path = Path.Combine(Folder, "Migrations.PowerShell.dll");
        return new LoadContext(path).LoadFromAssemblyPath(path);
    }
}
