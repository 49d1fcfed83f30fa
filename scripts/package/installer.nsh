; Offers Luthier for YAML files ("Open with"), without becoming their program: recipes end in .luthier.yaml, and
; Windows looks at the last part of a name only.
!macro customInstall
  WriteRegStr SHELL_CONTEXT "Software\Classes\Luthier.Recipe" "" "Luthier recipe"
  WriteRegStr SHELL_CONTEXT "Software\Classes\Luthier.Recipe\DefaultIcon" "" "$INSTDIR\Luthier.exe,0"
  WriteRegStr SHELL_CONTEXT "Software\Classes\Luthier.Recipe\shell\open\command" "" '"$INSTDIR\Luthier.exe" "%1"'
  WriteRegStr SHELL_CONTEXT "Software\Classes\.yaml\OpenWithProgids" "Luthier.Recipe" ""
!macroend

!macro customUnInstall
  DeleteRegValue SHELL_CONTEXT "Software\Classes\.yaml\OpenWithProgids" "Luthier.Recipe"
  DeleteRegKey SHELL_CONTEXT "Software\Classes\Luthier.Recipe"
!macroend
