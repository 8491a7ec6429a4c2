namespace Migrations.Databases;

/// <summary>The formats of an engine's backups: how their files are named, and recognized.</summary>
public interface IBackupFormats
{
    /// <summary>The file extension of a format, with its dot: <c>.db</c>, <c>.dump</c>, <c>.sql</c>.</summary>
    string Extension(BackupFormat format);

    /// <summary>
    /// The format of a backup without a manifest, detected from its first bytes; null when it is not one of this engine's formats.
    /// </summary>
    BackupFormat? Recognize(string path);
}
