# What is installed, and the Debian package of it: `cpack --preset deb` after a build of the preset release.
include(GNUInstallDirs)

install(TARGETS photon-gateway RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES deploy/systemd/photon-gateway.service DESTINATION /lib/systemd/system)
install(FILES deploy/debian/gateway.yaml DESTINATION /etc/photon-gateway)
install(FILES deploy/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
# The README and all that it links to, in the folders of the source tree, so that the links lead somewhere.
foreach(document README.md deploy/README.md deploy/status-page.png deploy/systemd/photon-gateway.service gateway/README.md
                 gateway/message/README.md gateway/metrics/README.md gateway/transport/README.md gateway/wire/README.md
                 grafana/README.md tests/benchmark/README.md)
  get_filename_component(folder ${document} DIRECTORY)
  install(FILES ${document} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${folder})
endforeach()
install(DIRECTORY config DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY grafana DESTINATION ${CMAKE_INSTALL_DATADIR}/photon-gateway OPTIONAL PATTERN README.md EXCLUDE)

# Debian wants both compressed, without a time stamp.
find_program(GZIP gzip REQUIRED)
function(gateway_install_compressed source name destination)
  set(compressed ${CMAKE_CURRENT_BINARY_DIR}/package/${name}.gz)
  install(CODE "execute_process(COMMAND ${GZIP} -9nc ${source} OUTPUT_FILE ${compressed} COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${compressed} DESTINATION ${destination})
endfunction()
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/package)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, if it is set
configure_file(deploy/debian/changelog.in package/changelog.Debian @ONLY)
gateway_install_compressed(${CMAKE_CURRENT_BINARY_DIR}/package/changelog.Debian changelog.Debian ${CMAKE_INSTALL_DOCDIR})
gateway_install_compressed(${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md changelog ${CMAKE_INSTALL_DOCDIR})
gateway_install_compressed(${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/photon-gateway.8 photon-gateway.8 ${CMAKE_INSTALL_MANDIR}/man8)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_PACKAGE_NAME photon-gateway)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_PACKAGE_CONTACT "photon-gateway developers <developers@photon-gateway.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "security gateway for Photon game servers")
set(CPACK_PACKAGE_DESCRIPTION
    "It stands between Photon clients and an unmodified Photon game server and\ntakes the encryption work over: it answers the clients' key exchange,\ndecrypts the operations they marked, forwards them in the clear over a\ntrusted link, and encrypts the responses on the way back.")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, procps") # the unit reloads with kill
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/postinst;${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/prerm;${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/postrm;${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/conffiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
