namespace Migrations.Folders;

/// <summary>Which layouts of a migration folder are looked for.</summary>
/// <param name="Only">The only one; null: all.</param>
internal readonly record struct LayoutFilter(MigrationLayout? Only)
{
    public bool Reads(MigrationLayout layout) => Only is null || Only == layout;

    public bool Fits(FileForm form) =>
        Only switch
        {
            null => true,
            MigrationLayout.RollbackSuffix => form is FileForm.Plain or FileForm.RollbackSuffix,
            MigrationLayout.DownSuffix => form is FileForm.Plain or FileForm.DownSuffix,
            MigrationLayout.UpDownSuffix => form is FileForm.UpSuffix or FileForm.DownSuffix,
            MigrationLayout.RollbackFolder or MigrationLayout.Sections => form is FileForm.Plain,
            MigrationLayout.Versioned => form is FileForm.Versioned,
            _ => false,
        };
}
