namespace Migrations.Folders;

/// <summary>What section markers mean in a file.</summary>
internal enum SectionRule
{
    /// <summary>They are comments: a layout without sections was asked for.</summary>
    Ignored,

    /// <summary>They cut the file.</summary>
    Read,

    /// <summary>They cut the file, and must be there.</summary>
    Required,

    /// <summary>The file's name says that it is an up script: a down section does not belong in it.</summary>
    UpOnly,

    /// <summary>The file's name says that it is a down script: an up section does not belong in it.</summary>
    DownOnly,
}
