namespace Migrations.Backup;

/// <summary>A backup as a driver reads it: not compressed any more.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">Its format.</param>
public sealed record BackupSource(string Path, BackupFormat Format);
